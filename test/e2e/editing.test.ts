/** The class panel, the fields and the clipboard in a real window: what is typed and pressed is in the project, and undo says where it was. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axeCore from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();
interface AxeRunner {
  run(
    root: Document,
    options: { runOnly: string[] },
  ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}
const pictures = process.env.CATCHLIGHT_SCREENSHOTS;

describe.skipIf(reason !== null)(`editing in the window${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';
  let ids: string[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-editing-'));
    const [width = 1440, height = 900] = (process.env.CATCHLIGHT_SIZE ?? '').split('x').map(Number);
    studio = await startStudio({
      dir,
      ...(width > 0 ? { width, height } : {}),
      colorScheme: process.env.CATCHLIGHT_SCHEME === 'light' ? 'light' : 'dark',
    });
    ids = await openSuggestedProject(studio.host, dir, [
      {
        hand: [
          { classId: 'cod', at: [10, 10, 80, 50] },
          { classId: 'cod', at: [150, 40, 60, 40] },
          { classId: 'hake', at: [60, 150, 90, 60] },
        ],
      },
      { hand: [{ classId: 'hake', at: [30, 30, 50, 50] }] },
      {},
    ]);
    await studio.page.getByText('story', { exact: true }).first().waitFor();
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await canvas().waitFor();
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const canvas = () => studio.page.getByRole('application');
  const panel = (name: string) => studio.page.getByRole('region', { name, exact: true });
  const read = async (index: number) => studio.host.api.getImage({ id: ids[index] ?? '' });
  const classNames = async () => (await studio.host.api.listClasses()).map(({ name }) => name);
  const openImage = async (index: number): Promise<void> => {
    await studio.page.getByRole('button', { name: new RegExp(`story_0${index}`) }).click();
    await eventually(() => studio.page.getByText(`story_0${index}.jpg`).count()).toBeGreaterThan(0);
  };
  const press = async (keys: string): Promise<void> => {
    await canvas().focus();
    await studio.page.keyboard.press(keys);
  };
  /** What axe finds against WCAG 2.2 AA in the page as it is now. */
  const listFaults = async (): Promise<string[]> => {
    await studio.page.evaluate(axeCore.source);
    return studio.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: AxeRunner };
      const { violations } = await axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  };
  const shoot = async (name: string): Promise<void> => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await studio.page.waitForTimeout(400);
    writeFileSync(path.join(pictures, `${name}.png`), await studio.page.screenshot());
  };

  it('finds a class by typing, adds one that is not there, and goes back to the canvas', async () => {
    const { page } = studio;
    await press('/');
    const field = page.getByLabel('Find or add a class');
    await expect(field.evaluate((element) => element === document.activeElement)).resolves.toBe(true);
    await page.keyboard.type('lin');
    await page.getByText('Enter takes ling').waitFor();
    await page.keyboard.press('Enter');
    await expect(canvas().evaluate((element) => element === document.activeElement)).resolves.toBe(true);
    await expect(
      panel('Classes').getByRole('button', { name: /^ling/, pressed: true }).count(),
    ).resolves.toBe(1);
    await page.keyboard.press('/');
    await page.keyboard.type('Saithe');
    await page.keyboard.press('Enter');
    await eventually(classNames).toEqual(['cod', 'hake', 'ling', 'Saithe']);
    await page.getByRole('button', { name: 'Change class Saithe' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete class' }).click();
    await eventually(classNames).toEqual(['cod', 'hake', 'ling']);
    await press('Control+z');
    await eventually(classNames).toEqual(['cod', 'hake', 'ling', 'Saithe']);
    await press('Control+z');
    await eventually(classNames).toEqual(['cod', 'hake', 'ling']);
    await page.getByText('Undone in the project: Add class Saithe').first().waitFor();
  });

  it('renames, gives attributes to, splits and merges classes everywhere, and takes each back', async () => {
    const { page } = studio;
    await openImage(0);
    await page.getByRole('button', { name: 'Change class cod' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('hake');
    await dialog.getByText(/There is “hake” already/).waitFor();
    await dialog.getByLabel('Name').fill('Gadus');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await eventually(classNames).toEqual(['Gadus', 'hake', 'ling']);
    await dialog.getByLabel('Attribute', { exact: true }).fill('sex');
    await dialog.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'choice' }).click();
    await dialog.getByLabel('Choices, separated by commas').fill('f, m');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByText('f · m').waitFor();
    await shoot('class-dialog');
    expect(await listFaults()).toEqual([]);
    await page.keyboard.press('Escape');

    const boxes = panel('Boxes');
    await boxes.getByRole('button', { name: /Gadus/ }).first().click();
    await panel('Selected').getByRole('combobox', { name: 'sex' }).click();
    await page.getByRole('option', { name: 'f', exact: true }).click();
    await eventually(async () => (await read(0)).boxes[0]?.attributes).toEqual({ sex: 'f' });

    await page.getByRole('button', { name: 'Change class Gadus' }).click();
    await dialog.getByRole('combobox', { name: 'Boxes' }).click();
    await page.getByRole('option', { name: 'sex = f (1)' }).click();
    await dialog.getByLabel('New class').fill('Gadus f');
    await dialog.getByRole('button', { name: 'Split off' }).click();
    await eventually(classNames).toEqual(['Gadus', 'hake', 'ling', 'Gadus f']);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Change class Gadus', exact: true }).click();
    await dialog.getByRole('combobox', { name: 'Into' }).click();
    await page.getByRole('option', { name: 'hake' }).click();
    await dialog.getByRole('button', { name: 'Merge' }).click();
    await eventually(classNames).toEqual(['hake', 'ling', 'Gadus f']);
    await dialog.waitFor({ state: 'detached' });
    for (const expected of [
      ['Gadus', 'hake', 'ling', 'Gadus f'],
      ['Gadus', 'hake', 'ling'],
    ]) {
      await press('Control+z');
      await eventually(classNames).toEqual(expected);
    }
    expect((await read(0)).boxes.map(({ classId }) => classId)).toEqual(['cod', 'cod', 'hake']);
  });

  it('takes exact numbers, notes, flags and a scale, and tells lengths in millimetres', async () => {
    const { page } = studio;
    await panel('Boxes').getByRole('button', { name: /hake/ }).first().click();
    const selected = panel('Selected');
    // Panels follow a frame after a click: until then the field is still the other box's.
    await eventually(async () => await selected.getByLabel('Width').inputValue()).toBe('90');
    await selected.getByLabel('Width').fill('77,5');
    await page.keyboard.press('Enter');
    await eventually(async () => (await read(0)).boxes[2]?.w).toBe(77.5);
    await press('l');
    const spot = async (x: number, y: number): Promise<[number, number]> => {
      const frame = await canvas().boundingBox();
      if (frame === null) throw new Error('the canvas is on the page');
      const scale = Math.min((frame.width - 32) / 320, (frame.height - 32) / 240);
      const left = frame.x + (frame.width - 320 * scale) / 2;
      const top = frame.y + (frame.height - 240 * scale) / 2;
      return [left + x * scale, top + y * scale];
    };
    await page.mouse.move(...(await spot(70, 160)));
    await page.mouse.down();
    await page.mouse.move(...(await spot(120, 160)), { steps: 4 });
    await page.mouse.up();
    await eventually(async () => Math.round((await read(0)).boxes[2]?.tail?.x ?? 0)).toBe(120);
    await page.keyboard.press('v');
    const facts = panel('Photograph');
    await facts.getByLabel('Its line in mm').fill('25');
    await page.keyboard.press('Enter');
    await eventually(async () => (await read(0)).image.mmPerPx?.toFixed(2)).toBe('0.50');
    await selected.getByText(/· 25 mm/).waitFor();
    await facts.getByRole('button', { name: 'Use for the whole project' }).click();
    await eventually(async () => (await studio.host.api.currentProject())?.mmPerPx?.toFixed(2)).toBe('0.50');
    await facts.getByLabel('Note').fill('Net in the way');
    await facts.getByLabel('Flags').fill('ask an expert');
    await page.keyboard.press('Enter');
    await eventually(async () => {
      const { note, flags } = (await read(0)).image;
      return { note, flags };
    }).toEqual({ note: 'Net in the way', flags: ['ask an expert'] });
    await shoot('selected-one');
    expect(await listFaults()).toEqual([]);
  });

  it('locks and aligns several at once, carries boxes to other images, and undoes there after a restart', async () => {
    const { page } = studio;
    await press('Control+a');
    await panel('Selected').getByRole('button', { name: 'Align left edges' }).click();
    await eventually(async () => (await read(0)).boxes.map(({ x }) => x)).toEqual([10, 10, 10]);
    await shoot('selected-several');
    await press('k');
    await eventually(async () => (await read(0)).boxes.every(({ locked }) => locked === true)).toBe(true);
    await press('Delete');
    await page
      .getByText(/locked, so they were not changed/)
      .first()
      .waitFor();
    await press('Control+c');
    await openImage(2);
    await press('Control+v');
    await eventually(async () => (await read(2)).boxes.length).toBe(3);
    await openImage(1);
    await studio.restart();
    await studio.host.api.openProject({ path: path.join(dir, 'story.catchlight') });
    await page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await openImage(1);
    await page.getByRole('button', { name: 'Undo on another image: Paste 3 boxes' }).waitFor();
    await press('Control+z');
    await page.getByText('Undone on story_02.jpg: Paste 3 boxes').first().waitFor();
    await eventually(async () => (await read(2)).boxes.length).toBe(0);
    expect(page.url()).toContain(ids[2] ?? 'none');
    expect(studio.faults).toEqual([]);
  });

  it('starts unseen images with the boxes before while that is wanted, and leaves undone ones alone', async () => {
    const { page } = studio;
    await openImage(1);
    await press('Control+p');
    await page.getByRole('button', { name: 'Starts with the boxes before', pressed: true }).waitFor();
    await openImage(2);
    await eventually(async () => (await read(2)).boxes.map(({ x, y }) => [x, y])).toEqual([[30, 30]]);
    await press('Control+z');
    await eventually(async () => (await read(2)).boxes.length).toBe(0);
    await openImage(1);
    await openImage(2);
    await press('Control+p');
    await page.getByText('Images start without boxes again.').first().waitFor();
    expect((await read(2)).boxes).toEqual([]);
  });

  it('draws the rows of boxes that are in sight, and the others when the list is scrolled', async () => {
    const { host } = studio;
    await openImage(2);
    const { image } = await read(2);
    const crowd = Array.from({ length: 260 }, (_, index) => ({
      ...({
        id: `crowd-${index}`,
        imageId: image.id,
        classId: 'cod',
        source: 'import',
        modelId: null,
      } as const),
      ...{ x: 4 + 12 * (index % 26), y: 4 + 22 * Math.floor(index / 26), w: 10, h: 18 },
      ...{ score: null, attributes: {}, head: null, tail: null },
    }));
    const [empty, full] = [image.state, 'labelled' as const].map((state) => ({ id: image.id, state }));
    if (empty === undefined || full === undefined) throw new Error('both are made above');
    await host.api.applyGesture({
      ...{ id: 'crowd', kind: 'do', of: null, label: 'Add boxes', imageId: image.id, source: 'import' },
      diffs: [
        ...crowd.map((after) => ({ table: 'boxes' as const, id: after.id, before: null, after })),
        { table: 'images', id: image.id, before: empty, after: full },
      ],
    });
    const rows = panel('Boxes').getByRole('listitem');
    await eventually(() => rows.count()).toBe(24);
    await eventually(async () => {
      await rows.last().scrollIntoViewIfNeeded();
      return await rows.count();
    }).toBe(260);
    await host.api.applyGesture({
      ...{ id: 'alone', kind: 'undo', of: 'crowd', label: 'Add boxes', imageId: image.id, source: 'person' },
      diffs: [
        ...crowd.map((before) => ({ table: 'boxes' as const, id: before.id, before, after: null })),
        { table: 'images', id: image.id, before: full, after: empty },
      ],
    });
    await eventually(() => rows.count()).toBe(0);
  });

  it('stays usable with a thousand classes: the list draws what is in sight and more when scrolled, and typing finds any', async () => {
    const { page, host } = studio;
    const before = (await host.api.listClasses()).length;
    await host.api.applyGesture({
      ...{ id: 'many', kind: 'do', of: null, label: 'Add classes', imageId: null, source: 'import' },
      diffs: Array.from({ length: 1000 }, (_, index) => {
        const id = `many-${index}`;
        const named = { id, name: `Species ${index}`, color: '#888888', key: null, scientificName: null };
        const after = { ...named, position: before + index };
        return { table: 'classes' as const, id, before: null, after };
      }),
    });
    const rows = panel('Classes').getByRole('listitem');
    await panel('Classes')
      .getByText(`${(before + 1000).toLocaleString('en')} classes; type to find one`)
      .waitFor();
    await eventually(() => rows.count()).toBe(12);
    await rows.last().scrollIntoViewIfNeeded();
    await eventually(() => rows.count()).toBe(72);
    await page.getByLabel('Find or add a class').fill('');
    await press('/');
    await page.keyboard.type('species 777');
    await eventually(() => rows.count()).toBe(1);
    await page.keyboard.press('Enter');
    await press('w');
    const frame = await canvas().boundingBox();
    if (frame === null) throw new Error('the canvas is on the page');
    await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
    await page.mouse.down();
    await page.mouse.move(frame.x + frame.width / 2 + 90, frame.y + frame.height / 2 + 60, { steps: 4 });
    await page.mouse.up();
    await eventually(async () => (await read(2)).boxes[0]?.classId).toBe('many-777');
    // The class that was drawn last is the one in hand after a restart, too.
    await studio.restart();
    await studio.host.api.openProject({ path: path.join(dir, 'story.catchlight') });
    await page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await openImage(1);
    await page.getByLabel('Find or add a class').fill('species 777');
    await panel('Classes')
      .getByRole('button', { name: /^Species 777/, pressed: true })
      .waitFor();
  });
});
