/**
 * What the canvas promises, line by line in the real window: each tool, each way to edit, see and get around that has no story of its own
 * elsewhere, with the mouse and with keys. `CATCHLIGHT_SIZE=1024x700`, `CATCHLIGHT_SCHEME=light` and `CATCHLIGHT_SCREENSHOTS=DIR` show it otherwise.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();
const pictures = process.env.CATCHLIGHT_SCREENSHOTS;
type Spot = readonly [x: number, y: number];

describe.skipIf(reason !== null)(`the walk along the canvas${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';
  let ids: string[] = [];
  let shown = 0;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-walk-'));
    const [width = 0, height = 0] = (process.env.CATCHLIGHT_SIZE ?? '1440x900').split('x').map(Number);
    const colorScheme = process.env.CATCHLIGHT_SCHEME === 'light' ? 'light' : 'dark';
    studio = await startStudio({ dir, width, height, colorScheme });
    ids = await openSuggestedProject(studio.host, dir, [
      {},
      { hand: [{ classId: 'hake', at: [30, 30, 50, 50] }] },
      { model: [{ classId: 'ling', at: [100, 80, 90, 60], score: 0.8 }] },
      {},
    ]);
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await canvas().waitFor();
    await openImage(0);
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const canvas = () => studio.page.getByRole('application');
  const panel = (name: string) => studio.page.getByRole('region', { name, exact: true });
  const read = () => studio.host.api.getImage({ id: ids[shown] ?? '' });
  /** Left, top, width, height of each box as saved, in whole pixels. */
  const boxes = async () => (await read()).boxes.map(({ x, y, w, h }) => [x, y, w, h].map(Math.round));
  /** Waits for boxes like these: a pixel of the photograph is less than two of the screen, and the mouse knows whole ones only. */
  const looksLike = (expected: readonly (readonly number[])[]): Promise<void> =>
    eventually(async () =>
      (await boxes()).map((box, index) =>
        box.map((value, side) => {
          const wanted = expected[index]?.[side] ?? Number.NaN;
          return Math.abs(value - wanted) <= 1 ? wanted : value;
        }),
      ),
    ).toEqual(expected);
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await studio.page.keyboard.press(key);
  };
  const openImage = async (index: number): Promise<void> => {
    await studio.page.getByRole('button', { name: new RegExp(`story_0${index}`) }).click();
    await studio.page.waitForURL(new RegExp(ids[index] ?? 'none'));
    shown = index;
    await studio.page.waitForTimeout(300);
    await canvas().focus();
  };
  /** A point of the photograph (320 × 240, fitted) on the screen. */
  const at = async ([x, y]: Spot): Promise<[number, number]> => {
    const frame = await canvas().boundingBox();
    if (frame === null) throw new Error('the canvas is not on the page');
    const scale = Math.min((frame.width - 32) / 320, (frame.height - 32) / 240);
    return [
      frame.x + (frame.width - 320 * scale) / 2 + x * scale,
      frame.y + (frame.height - 240 * scale) / 2 + y * scale,
    ];
  };
  const held = async (keys: readonly string[], work: () => Promise<void>): Promise<void> => {
    for (const key of keys) await studio.page.keyboard.down(key);
    await work();
    for (const key of keys) await studio.page.keyboard.up(key);
  };
  const drag = async (from: Spot, to: Spot, ...keys: string[]): Promise<void> => {
    const { mouse } = studio.page;
    await held(keys, async () => {
      await mouse.move(...(await at(from)));
      await mouse.down();
      await mouse.move(...(await at(to)), { steps: 5 });
      await mouse.up();
    });
  };
  const click = async (spot: Spot, ...keys: string[]): Promise<void> =>
    held(keys, async () => {
      await studio.page.mouse.move(...(await at(spot)), { steps: 3 });
      await studio.page.mouse.down();
      await studio.page.mouse.up();
    });
  const shoot = async (name: string): Promise<void> => {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await studio.page.waitForTimeout(400);
    writeFileSync(path.join(pictures, `walk-${name}.png`), await studio.page.screenshot());
  };

  it('draws by dragging and by two clicks, squares and from the centre, over what is there, without a pop-up', async () => {
    await press('w');
    await drag([20, 20], [60, 50]);
    await click([100, 20]);
    await click([140, 60]);
    await drag([180, 20], [220, 40], 'Shift');
    await drag([60, 130], [90, 150], 'Alt');
    // Inside another box: a new one, and the old one stays.
    await drag([40, 115], [80, 145]);
    await looksLike([
      [20, 20, 40, 30],
      [100, 20, 40, 40],
      [180, 20, 40, 40],
      [30, 110, 60, 40],
      [40, 115, 40, 30],
    ]);
    await press('Escape');
    expect(await studio.page.getByRole('dialog').count()).toBe(0);
    await press('w', '3');
    await drag([240, 120], [290, 160]);
    await eventually(async () => (await read()).boxes.at(-1)?.classId).toBe('ling');
    await drag([200, 180], [240, 210]);
    await eventually(async () => (await read()).boxes.at(-1)?.classId).toBe('ling');
    await shoot('drawn');
    await press('Control+Delete');
    await eventually(boxes).toEqual([]);
  });

  it('resizes by each of eight handles, draws edges onto the border, and cancels with Escape', async () => {
    await press('w');
    await drag([100, 80], [180, 140]);
    await press('v');
    await looksLike([[100, 80, 80, 60]]);
    const steps: [Spot, Spot, number[]][] = [
      [
        [100, 80],
        [90, 70],
        [90, 70, 90, 70],
      ],
      [
        [135, 70],
        [135, 60],
        [90, 60, 90, 80],
      ],
      [
        [180, 60],
        [190, 50],
        [90, 50, 100, 90],
      ],
      [
        [190, 95],
        [200, 95],
        [90, 50, 110, 90],
      ],
      [
        [200, 140],
        [210, 150],
        [90, 50, 120, 100],
      ],
      [
        [150, 150],
        [150, 160],
        [90, 50, 120, 110],
      ],
      [
        [90, 160],
        [80, 170],
        [80, 50, 130, 120],
      ],
      [
        [80, 110],
        [70, 110],
        [70, 50, 140, 120],
      ],
    ];
    for (const [from, to, expected] of steps) {
      await drag(from, to);
      await looksLike([expected]);
    }
    await drag([70, 110], [1, 110]);
    await eventually(async () => (await read()).boxes[0]?.x).toBe(0);
    const { mouse } = studio.page;
    await mouse.move(...(await at([100, 100])));
    await mouse.down();
    await mouse.move(...(await at([150, 130])), { steps: 4 });
    await press('Escape');
    await mouse.up();
    await looksLike([[0, 50, 210, 120]]);
    await press('Control+z');
    await looksLike([[70, 50, 140, 120]]);
    await press('Delete');
  });

  it('selects by Shift, marquee and keys, moves together, aligns, duplicates, and puts boxes over and under each other', async () => {
    await press('w');
    await drag([40, 40], [100, 90]);
    await drag([80, 70], [140, 120]);
    await drag([200, 150], [240, 190]);
    await press('v');
    await eventually(async () => (await boxes()).length).toBe(3);
    await click([300, 20]);
    await drag([20, 20], [150, 130]);
    await panel('Selected').getByText('2 boxes').waitFor();
    await shoot('marquee');
    await click([220, 170], 'Shift');
    await panel('Selected').getByText('3 boxes').waitFor();
    await drag([220, 170], [230, 175]);
    await looksLike([
      [50, 45, 60, 50],
      [90, 75, 60, 50],
      [210, 155, 40, 40],
    ]);
    await press('Shift+ArrowLeft');
    await looksLike([
      [40, 45, 60, 50],
      [80, 75, 60, 50],
      [200, 155, 40, 40],
    ]);
    await panel('Selected').getByRole('button', { name: 'Align top edges' }).click();
    await looksLike([
      [40, 45, 60, 50],
      [80, 45, 60, 50],
      [200, 45, 40, 40],
    ]);
    await canvas().focus();
    await press('Control+z');
    await looksLike([
      [40, 45, 60, 50],
      [80, 75, 60, 50],
      [200, 155, 40, 40],
    ]);
    await press('Tab');
    await panel('Selected').getByRole('button', { name: 'Bring forward, over the next box' }).click();
    // The third lies over both, and stays so.
    await eventually(async () => (await read()).boxes.map(({ z }) => z ?? 0)).toEqual([1, 0, 2]);
    await canvas().focus();
    await press('Control+{');
    await eventually(async () => ((await read()).boxes[0]?.z ?? 0) <= 0).toBe(true);
    await press('Control+d');
    await eventually(async () => (await boxes()).length).toBe(4);
    await press('Shift+Tab', 'k');
    await eventually(async () => (await read()).boxes.filter(({ locked }) => locked).length).toBe(1);
    await press('k');
    await studio.page.keyboard.down('h');
    await shoot('hidden');
    await studio.page.keyboard.up('h');
    await press('Control+a', 'Delete');
    await eventually(boxes).toEqual([]);
  });

  it('zooms to an area and pans with tool, Space and middle button, while drawing too, with crosshair and pixel grid', async () => {
    const { page } = studio;
    const percent = async (): Promise<number> =>
      Number.parseInt((await page.getByRole('button', { name: / %$/ }).textContent()) ?? '', 10);
    const fitted = await percent();
    await press('Shift+Z');
    await drag([100, 80], [140, 110]);
    await eventually(percent).toBeGreaterThan(fitted * 4);
    await press('f', 'v');
    await eventually(percent).toBe(fitted);
    // With Space, in the middle of a stroke of two clicks, at twice the size.
    await press('w');
    await click([60, 60]);
    await press('+', '+', '+', '+');
    await studio.page.mouse.wheel(0, -200);
    await held([' '], async () => {
      await page.mouse.down();
      await page.mouse.move(700, 400, { steps: 3 });
      await page.mouse.up();
    });
    await page.mouse.down({ button: 'middle' });
    await page.mouse.move(650, 420, { steps: 3 });
    await page.mouse.up({ button: 'middle' });
    await press('f');
    await click([120, 100]);
    await looksLike([[60, 60, 60, 40]]);
    await press('v', 'y');
    await page.getByText('Crosshair').first().waitFor();
    await shoot('view-panel');
    await press('y', 'z');
    await eventually(percent).toBeGreaterThan(fitted);
    for (let i = 0; i < 14; i += 1) await press('+');
    await shoot('pixels');
    await press('f', 'Control+Delete');
    await eventually(boxes).toEqual([]);
  });

  it('finds photographs by flag, commands by name, and says in German what is undone and what went wrong', async () => {
    const { page, host } = studio;
    const flags = panel('Photograph').getByLabel('Flags');
    await flags.fill('blurry');
    await press('Enter', 'Escape');
    await eventually(async () => (await read()).image.flags).toEqual(['blurry']);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'Flag' }).click();
    await page.getByRole('option', { name: 'blurry' }).click();
    await shoot('filter');
    await page.keyboard.press('Escape');
    await page.getByText('1 image', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: /Flag blurry/ }).click();
    await page.getByText('4 images', { exact: true }).first().waitFor();
    await press('Control+k');
    await page.keyboard.type('no fish');
    await page.getByText('Mark image: no fish').first().waitFor();
    await shoot('palette');
    await press('Escape');
    await openImage(3);
    await press('n');
    await eventually(async () => (await read()).image.state).toBe('empty');
    await page.getByRole('button', { name: 'Language', exact: true }).click();
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
    await page.getByRole('link', { name: 'Labeln' }).waitFor();
    await canvas().waitFor();
    await canvas().focus();
    await page.getByRole('button', { name: /Rückgängig.*Als „kein Fisch“ kennzeichnen/ }).click();
    await page
      .getByText(/Rückgängig auf story_03.jpg: Als „kein Fisch“ kennzeichnen/)
      .first()
      .waitFor();
    await shoot('german');
    await page.getByRole('button', { name: 'Sprache', exact: true }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByRole('link', { name: 'Annotate' }).waitFor();
    await eventually(async () => (await host.api.preferences()).language).toBe('en');
  });

  it('takes suggestions along when a class without boxes is deleted, and brings them back with it', async () => {
    const { page } = studio;
    await openImage(2);
    const told = () => page.getByRole('region', { name: 'Boxes on this image' }).textContent();
    await eventually(told).toContain('ling');
    await page.getByRole('button', { name: 'Change class ling' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete class' }).click();
    await eventually(async () => (await read()).predictions.length).toBe(0);
    await eventually(told).not.toContain('Suggestion');
    await canvas().focus();
    await press('Control+z');
    await eventually(told).toContain('ling');
    await eventually(async () => (await read()).predictions.length).toBe(1);
  });

  it('keeps every field of the panel within it when there is little room', async () => {
    const { page } = studio;
    const before = page.viewportSize() ?? { width: 1440, height: 900 };
    await page.setViewportSize({ width: 720, height: 450 });
    await panel('Photograph').getByLabel('Note').fill('a word and another one '.repeat(12));
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('aside:last-of-type input, aside:last-of-type textarea')]
        .filter((field) => {
          const room = field.closest('aside')?.getBoundingClientRect();
          const own = field.getBoundingClientRect();
          return (
            room !== undefined && own.width > 1 && (own.right > room.right + 1 || own.left < room.left - 1)
          );
        })
        .map((field) => field.outerHTML.slice(0, 120)),
    );
    expect(wide).toEqual([]);
    await shoot('little-room');
    await page.setViewportSize(before);
    expect(studio.faults).toEqual([]);
  });
});
