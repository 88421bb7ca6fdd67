/** The story of the editor in a real desktop window: it opens on `studio://`, boxes are drawn, changed, copied and taken back, also after a restart. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostApi } from '../../src/contract/host-api.ts';
import { createHost } from '../../src/main/host/host.ts';
import { generateSample } from '../../src/main/sample/sample.ts';
import { type Desktop, openDesktop, testElectron } from '../helpers/desktop.ts';
import { eventually, patienceMs } from '../helpers/eventually.ts';
import { whenOver } from '../helpers/test-host.ts';

/** Works on the project with no window open: what is on disk is what counts. */
async function withProject<T>(home: string, project: string, work: (api: HostApi) => Promise<T>): Promise<T> {
  const host = await createHost({ shell: 'serve', userDataDir: home });
  try {
    await host.api.openProject({ path: project });
    return await work(host.api);
  } finally {
    await host.close();
  }
}

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const canvas = page.getByRole('application');
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('the canvas is not on screen');
  await page.mouse.move(box.x + box.width * from[0], box.y + box.height * from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to[0], box.y + box.height * to[1], { steps: 8 });
  await page.mouse.up();
}

/** The row of the box in the list that mirrors the canvas: its class and its size in pixels. */
function drawnBox(page: Page) {
  return page.getByRole('region', { name: 'Boxes' }).getByText(/\d+ × \d+ px/);
}

/** Keeps a picture for a person to look at, when asked for one. */
async function shoot(page: Page, name: string): Promise<void> {
  const target = process.env.CATCHLIGHT_SCREENSHOTS;
  if (target !== undefined && existsSync(target))
    await page.screenshot({ path: path.join(target, `${name}.png`) });
}

describe.skipIf(testElectron === undefined)(
  'the desktop window (skipped without an Electron: run `npm test`, which finds one)',
  () => {
    let folder = '';
    let home = '';
    let project = '';
    let desktop: Desktop | undefined;
    /** Of the first photograph. */
    let size = { widthPx: 0, heightPx: 0 };

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight-desktop-'));
      home = path.join(folder, 'home');
      project = path.join(folder, 'Harbour.catchlight');
      const imagesDir = path.join(folder, 'photographs');
      await generateSample({ outDir: imagesDir, seed: 9, images: 4 });
      const host = await createHost({ shell: 'serve', userDataDir: home });
      const { jobId } = await host.api.createProject({
        imagesDir,
        dir: project,
        name: 'Harbour',
        classes: ['ALB', 'YFT'],
      });
      await whenOver(host.api, jobId);
      const [image] = (await host.api.listImages({ filter: {}, offset: 0, limit: 1 })).items;
      size = { widthPx: image?.widthPx ?? 0, heightPx: image?.heightPx ?? 0 };
      await host.close();
    });

    afterAll(async () => {
      await desktop?.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function openProjectInWindow(): Promise<Page> {
      desktop = await openDesktop(home);
      const { page } = desktop;
      await page
        .getByRole('button', { name: /Harbour/ })
        .first()
        .click({ timeout: 60_000 });
      await page
        .getByRole('application')
        .waitFor({ timeout: patienceMs })
        .catch(async (e: unknown) => {
          await shoot(page, 'fail');
          throw e;
        });
      return page;
    }

    it('opens on studio://, and a box drawn with the mouse is saved', async () => {
      const page = await openProjectInWindow();
      expect(page.url()).toMatch(/^studio:\/\/app\//);
      expect(await page.evaluate(() => typeof window.catchlightNative?.pickFolder)).toBe('function');
      // The photograph is on screen before a hand can draw on it.
      await page.getByText('No boxes').or(page.getByText('Unseen')).first().waitFor({ timeout: patienceMs });
      await page.keyboard.press('w');
      await drag(page, [0.3, 0.35], [0.6, 0.65]);
      await shoot(page, 'desktop-drawn');
      await drawnBox(page).waitFor({ timeout: patienceMs });
      await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor({ timeout: patienceMs });
      await desktop?.close();
      desktop = undefined;
      const boxes = await withProject(home, project, async (api) => {
        const { items } = await api.listImages({ filter: {}, offset: 0, limit: 10 });
        return items.map((item) => item.boxes);
      });
      expect(boxes.reduce((sum, count) => sum + count, 0)).toBe(1);
    });

    it('draws, selects, resizes, nudges, copies to the next image, and undoes across images and after a restart', async () => {
      let page = await openProjectInWindow();
      // What screen readers are told of the canvas: place and size of each box, in pixels of the image.
      const boxes = async (): Promise<number[][]> => {
        const told = await page
          .getByRole('region', { name: 'Boxes on this image' })
          .locator('li')
          .allTextContents();
        return told.map((text) => {
          const place = /([\d.,]+) by ([\d.,]+) pixels at ([\d.,]+), ([\d.,]+)/.exec(text);
          const [w, h, x, y] = (place ?? []).slice(1).map((number) => Number(number.replaceAll(',', '')));
          return [x ?? Number.NaN, y ?? Number.NaN, w ?? Number.NaN, h ?? Number.NaN];
        });
      };
      const count = async (): Promise<number> => (await boxes()).length;
      const frame = async () => {
        const box = await page.getByRole('application').boundingBox();
        if (box === null) throw new Error('the canvas is not on screen');
        return box;
      };
      /** A point of the image on the screen: the photograph is fitted, with 16 px around it. */
      const at = async (x: number, y: number): Promise<[number, number]> => {
        const box = await frame();
        const scale = Math.min((box.width - 32) / size.widthPx, (box.height - 32) / size.heightPx);
        return [
          box.x + (box.width - size.widthPx * scale) / 2 + x * scale,
          box.y + (box.height - size.heightPx * scale) / 2 + y * scale,
        ];
      };
      const canvas = () => page.getByRole('application');

      await eventually(count).toBe(1);
      await canvas().focus();
      await page.keyboard.press('w');
      await drag(page, [0.1, 0.15], [0.18, 0.25]);
      await eventually(count).toBe(2);
      await page.keyboard.press('v');

      // Select the first with the mouse, nudge it with keys, resize it by its corner.
      const [[x = 0, y = 0, w = 0, h = 0] = []] = await boxes();
      await page.mouse.click(...(await at(x + w / 2, y + h / 2)));
      await page.getByRole('region', { name: 'Selected', exact: true }).waitFor();
      for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowRight');
      await eventually(async () => (await boxes()).at(0)).toEqual([x + 3, y, w, h]);
      // A pause ends the run of presses: together they are one step.
      await page.waitForTimeout(600);
      await page.mouse.move(...(await at(x + 3 + w, y + h)));
      await page.mouse.down();
      await page.mouse.move(...(await at(x + 3 + w + 30, y + h + 20)), { steps: 6 });
      await page.mouse.up();
      await eventually(async () => ((await boxes()).at(0)?.[2] ?? 0) > w + 25).toBe(true);
      const resized = await boxes();

      // Both, by Shift and a click, to the next image.
      const second = resized[1] ?? [];
      await page.keyboard.down('Shift');
      await page.mouse.click(
        ...(await at((second[0] ?? 0) + (second[2] ?? 0) / 2, (second[1] ?? 0) + (second[3] ?? 0) / 2)),
      );
      await page.keyboard.up('Shift');
      await page.keyboard.press('Control+c');
      await page.getByText('Copied 2 boxes').first().waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('d');
      await eventually(count).toBe(0);
      await canvas().focus();
      await page.keyboard.press('Control+v');
      await eventually(boxes).toEqual(resized);
      await shoot(page, 'desktop-pasted');

      // Back: the paste here, then on the image before, which the window goes to.
      await page.keyboard.press('Control+z');
      await eventually(count).toBe(0);
      await page.keyboard.press('Control+z');
      await page
        .getByText(/Undone on .*: Resize box/)
        .first()
        .waitFor();
      await eventually(boxes).toEqual([[x + 3, y, w, h], second]);
      await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor({ timeout: patienceMs });
      await desktop?.close();

      page = await openProjectInWindow();
      await eventually(count).toBe(2);
      await canvas().focus();
      await page.keyboard.press('Control+z');
      await eventually(async () => (await boxes()).at(0)).toEqual([x, y, w, h]);
      await page.keyboard.press('Control+y');
      await eventually(async () => (await boxes()).at(0)).toEqual([x + 3, y, w, h]);
      await page.keyboard.press('Control+z');
      await page.keyboard.press('Control+z');
      await eventually(count).toBe(1);
      await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor({ timeout: patienceMs });
      await shoot(page, 'desktop-undone');
      await desktop?.close();
      desktop = undefined;
      const saved = await withProject(home, project, async (api) => {
        const { items } = await api.listImages({ filter: {}, offset: 0, limit: 10 });
        return items.map((item) => item.boxes);
      });
      expect(saved).toEqual([1, 0, 0, 0]);
    }, 400_000);

    it('shows the box again after a restart', async () => {
      const page = await openProjectInWindow();
      await drawnBox(page).waitFor({ timeout: patienceMs });
      await shoot(page, 'desktop-restarted');
      await desktop?.close();
      desktop = undefined;
    });
  },
);
