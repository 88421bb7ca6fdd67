/** The start of the story in a real desktop window: it opens on `studio://`, a box is drawn, and it is there after a restart. */
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
        .waitFor({ timeout: 20_000 })
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
      await page.getByText('No boxes').or(page.getByText('Unseen')).first().waitFor({ timeout: 30_000 });
      await page.keyboard.press('w');
      await drag(page, [0.3, 0.35], [0.6, 0.65]);
      await shoot(page, 'desktop-drawn');
      await drawnBox(page).waitFor({ timeout: 20_000 });
      await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor({ timeout: 20_000 });
      await desktop?.close();
      desktop = undefined;
      const boxes = await withProject(home, project, async (api) => {
        const { items } = await api.listImages({ filter: {}, offset: 0, limit: 10 });
        return items.map((item) => item.boxes);
      });
      expect(boxes.reduce((sum, count) => sum + count, 0)).toBe(1);
    });

    it('shows the box again after a restart', async () => {
      const page = await openProjectInWindow();
      await drawnBox(page).waitFor({ timeout: 30_000 });
      await shoot(page, 'desktop-restarted');
      await desktop?.close();
      desktop = undefined;
    });
  },
);
