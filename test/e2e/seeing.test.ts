/** Seeing: two fingers, the overview, light for looking only, and layers that show and hide by key. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Route } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';
import { makeBox, whenOver } from '../helpers/test-host.ts';

const reason = whyNoWindow();

describe.skipIf(reason !== null)(`seeing${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';
  const photograph = () => path.join(dir, 'photos', 'story_00.jpg');
  const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-seeing-'));
    studio = await startStudio({ dir, width: 1280, height: 800 });
    const [imageId = ''] = await openSuggestedProject(studio.host, dir, [{}, {}]);
    const region = { id: 'heap', imageId, classId: 'cod', x: 20, y: 20, w: 120, h: 100 };
    const after = makeBox({ ...region, attributes: { 'coco.iscrowd': 1 } });
    await studio.host.api.applyGesture({
      id: 'heap',
      kind: 'do',
      of: null,
      label: 'Import',
      imageId,
      source: 'import',
      diffs: [
        { table: 'boxes', id: after.id, before: null, after },
        {
          table: 'images',
          id: imageId,
          before: { id: imageId, state: 'unseen' },
          after: { id: imageId, state: 'labelled' },
        },
      ],
    });
    await studio.page.getByRole('navigation').getByRole('link', { name: 'Annotate' }).click();
    await studio.page.getByText('story_00.jpg').first().waitFor();
    await studio.page.getByRole('application').waitFor();
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const canvas = () => studio.page.getByRole('application');
  const zoom = () => studio.page.getByRole('button', { name: / %$/ }).textContent();
  const percent = async (): Promise<number> => Number.parseInt((await zoom()) ?? '', 10);
  const overview = () => studio.page.getByRole('group', { name: /^Overview/ });
  /** How bright the canvas is, 0..255, and how much its values differ. */
  const look = async () => {
    const { channels } = await sharp(await canvas().screenshot()).stats();
    return { mean: channels[1]?.mean ?? 0, spread: channels[1]?.stdev ?? 0 };
  };

  it('zooms and moves the photograph with two fingers, and draws nothing by it', async () => {
    const { page, context, host } = studio;
    await page.keyboard.press('w');
    const before = await percent();
    const touch = await context.newCDPSession(page);
    const fingers = (...places: [number, number][]) => places.map(([x, y], id) => ({ x, y, id }));
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', places: [number, number][]) =>
      touch.send('Input.dispatchTouchEvent', { type, touchPoints: fingers(...places) });
    await send('touchStart', [[560, 400]]);
    await send('touchStart', [
      [560, 400],
      [660, 400],
    ]);
    for (let i = 1; i <= 5; i += 1)
      await send('touchMove', [
        [560 - i * 20, 400],
        [660 + i * 20, 400],
      ]);
    await send('touchEnd', []);
    await eventually(async () => Math.round((10 * (await percent())) / before)).toBe(30);
    await page.keyboard.press('v');
    const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 1 });
    expect(items[0]?.boxes).toBe(1);
  });

  it('shows where one is, and goes elsewhere from the overview by mouse and by key', async () => {
    const { page } = studio;
    const frame = () =>
      overview()
        .locator('div')
        .evaluate((part) => {
          const { e, f } = new DOMMatrix(getComputedStyle(part).transform);
          return [e, f];
        });
    const [left = 0] = await frame();
    await overview().focus();
    await page.keyboard.press('ArrowRight');
    await eventually(async () => (await frame())[0]).toBeGreaterThan(left);
    await overview().click({ position: { x: 5, y: 5 } });
    await eventually(async () => (await frame()).map(Math.round)).toEqual([0, 0]);
    await page.keyboard.press('f');
    await eventually(() => overview().count()).toBe(0);
  });

  it('looks at the photograph in another light, leaves its file alone, and resets by key', async () => {
    const { page } = studio;
    const bytes = hashOf(photograph());
    const plain = await look();
    await page.keyboard.press('y');
    const press = async (name: string, key: string, times: number): Promise<void> => {
      await page.getByRole('slider', { name, exact: true }).focus();
      for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
    };
    await press('Brightness', 'ArrowRight', 6);
    await eventually(async () => (await look()).mean - plain.mean).toBeGreaterThan(10);
    await press('Contrast', 'ArrowRight', 8);
    await press('Gamma', 'ArrowLeft', 5);
    await press('Local contrast (CLAHE)', 'ArrowRight', 10);
    await canvas().focus();
    await page.keyboard.press('Shift+Y');
    await eventually(async () => Math.abs((await look()).mean - plain.mean)).toBeLessThan(2);
    expect(hashOf(photograph())).toBe(bytes);
  });

  it('hides and shows each layer by its key, regions to ignore among them', async () => {
    const { page } = studio;
    const layer = (name: string) => page.getByRole('switch', { name, exact: true });
    const shown = (await look()).spread;
    await page.keyboard.press('i');
    await eventually(() => layer('Ignored regions').isChecked()).toBe(false);
    await eventually(async () => shown - (await look()).spread).toBeGreaterThan(0.5);
    await page.keyboard.press('i');
    for (const [key, name] of [
      ['o', 'Labels'],
      ['p', 'Suggestions'],
    ] as const) {
      await page.keyboard.press(key);
      await eventually(() => layer(name).isChecked()).toBe(false);
      await layer(name).focus();
      await page.keyboard.press('Space');
      await eventually(() => layer(name).isChecked()).toBe(true);
    }
    expect(studio.faults).toEqual([]);
  });

  it('has the next photograph decoded before it is asked for, and shows it though the host answers nothing', async () => {
    const { page } = studio;
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/images/')) asked.push(new URL(request.url()).pathname);
    });
    await page.reload();
    await canvas().waitFor();
    const { items } = await studio.host.api.listImages({ filter: {}, offset: 0, limit: 2 });
    const next = `/images/${items[1]?.id}/original`;
    await eventually(() => asked.filter((path) => path === next).length).toBe(1);
    await page.waitForLoadState('networkidle');
    const held: Route[] = [];
    await page.route(/\/(images|rpc)\//, (route) => void held.push(route));
    const colours = async (): Promise<number[]> =>
      (await sharp(await canvas().screenshot()).stats()).channels.map(({ mean }) => mean);
    const before = await colours();
    await page.keyboard.press('d');
    await eventually(async () =>
      Math.max(...(await colours()).map((mean, channel) => Math.abs(mean - (before[channel] ?? 0)))),
    ).toBeGreaterThan(8);
    await eventually(() => page.getByRole('textbox', { name: /Number of the image/ }).inputValue()).toBe('2');
    await page.waitForTimeout(300);
    await page.unroute(/\/(images|rpc)\//);
    for (const route of held) await route.continue();
    expect(asked.filter((path) => path === next).length).toBe(1);
  });

  it('shows a photograph of many pixels by tiles, never whole', async () => {
    const { page, host } = studio;
    const large = { width: 9000, height: 4000, channels: 3, background: '#a06020' } as const;
    await sharp({ create: large })
      .jpeg()
      .toFile(path.join(dir, 'photos', 'a_large.jpg'));
    await whenOver(host.api, (await host.api.rescan()).jobId);
    const id = (await host.api.listImages({ filter: { text: 'large' }, offset: 0, limit: 1 })).items[0]?.id;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${new URL(page.url()).origin}/#/annotate/${id}`);
    const tiles = () => asked.filter((path) => path.startsWith(`/images/${id}/tiles/`));
    await eventually(() => tiles().some((path) => path.includes('/tiles/3/'))).toBe(true);
    await canvas().focus();
    await page.keyboard.press('Control+0');
    await eventually(() => tiles().some((path) => path.includes('/tiles/0/'))).toBe(true);
    expect(asked).not.toContain(`/images/${id}/original`);
    expect(tiles().length).toBeLessThan(80);
    await eventually(async () => Math.round((await look()).mean / 10)).toBe(10);
    expect(studio.faults).toEqual([]);
  });
});
