/** Labels in and out in a real desktop window, whose drops have paths: photographs and labels dropped together, a Kaggle bundle, and the way back. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../../src/main/host/host.ts';
import { type Desktop, openDesktop, testElectron } from '../helpers/desktop.ts';
import { dropOn } from '../helpers/drop.ts';
import { makeCoco, readAll, unzip } from '../helpers/labels-elsewhere.ts';
import { whenOver, writeJpeg } from '../helpers/test-host.ts';

const patience = { timeout: 90_000 };

describe.skipIf(testElectron === undefined)(
  'photographs and labels dropped on the desktop window (skipped without an Electron: run `npm test`, which finds one)',
  () => {
    let folder = '';
    let home = '';
    let desktop: Desktop | undefined;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight-drop-'));
      home = path.join(folder, 'home');
      for (const name of ['boat/1.jpg', 'boat/2.jpg', '3.jpg']) {
        const file = path.join(folder, 'reef', ...name.split('/'));
        mkdirSync(path.dirname(file), { recursive: true });
        await writeJpeg(file, name.length);
      }
      // Somebody new would be shown the sample first.
      const host = await createHost({ shell: 'serve', userDataDir: home });
      const imagesDir = path.join(folder, 'earlier');
      mkdirSync(imagesDir);
      const { jobId } = await host.api.createProject({ imagesDir, name: 'Earlier' });
      await whenOver(host.api, jobId);
      await host.close();
      desktop = await openDesktop(home);
    }, 200_000);

    afterAll(async () => {
      await desktop?.close();
      await rm(folder, { recursive: true, force: true });
    });

    /** What is on disk of the two projects, asked once no window has them open. */
    async function readProjects(): Promise<unknown[]> {
      const host = await createHost({ shell: 'serve', userDataDir: home });
      try {
        const found: unknown[] = [];
        for (const { path: project } of await host.api.recentProjects()) {
          await host.api.openProject({ path: project });
          found.push(await readAll(host.api));
        }
        return found;
      } finally {
        await host.close();
      }
    }

    async function importAll(page: Page): Promise<void> {
      await page.getByRole('button', { name: 'Import 3 boxes' }).click(patience);
      const report = page.getByRole('region', { name: 'Report' });
      await report.getByRole('cell', { name: 'boat/2.jpg' }).waitFor(patience);
    }

    it('asks first for the photographs, then shows the labels, exports a bundle, and takes it back in: nothing has changed', async () => {
      if (desktop === undefined) throw new Error('there is no window');
      const { page } = desktop;
      await page.getByRole('button').first().waitFor(patience);
      await dropOn(page, makeCoco(folder), path.join(folder, 'reef'));
      const dialog = page.getByRole('dialog', { name: '2 files and folders were dropped' });
      await dialog.waitFor(patience);
      await dialog.getByRole('button', { name: 'Open “reef” as photographs, then see the labels' }).click();
      await page.getByText(/% sure/).waitFor(patience);
      await importAll(page);

      await page.evaluate(() => {
        location.hash = '#/export';
      });
      await page.getByRole('button', { name: /Kaggle data set/ }).click(patience);
      const bundle = path.join(folder, 'bundle');
      await page.getByRole('textbox', { name: 'Folder to write' }).fill(bundle);
      await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Reef fish of Palau');
      await page.getByRole('button', { name: 'Export labels' }).click();
      await page
        .getByRole('region', { name: 'Report' })
        .getByText(/boxes on 3 images to/)
        .waitFor(patience);
      expect(readdirSync(bundle)).toContain('images.zip');

      // A stranger's way back: the archive taken apart, opened as photographs, and the bundle dropped on them.
      const photographs = path.join(folder, 'unzipped');
      await unzip(path.join(bundle, 'images.zip'), photographs);
      expect(existsSync(path.join(photographs, 'boat', '2.jpg'))).toBe(true);
      await dropOn(page, photographs);
      const one = page.getByRole('dialog', { name: 'A folder was dropped' });
      await one.getByRole('button', { name: 'Open as photographs' }).click(patience);
      await page.getByRole('application').waitFor(patience);
      await dropOn(page, bundle);
      await one.getByRole('button', { name: /^Import its labels into / }).click(patience);
      await importAll(page);
      await dropOn(page, bundle);
      await one.getByRole('button', { name: /^Import its labels into / }).click(patience);
      await page.getByRole('button', { name: 'Nothing new to import' }).waitFor(patience);
      await desktop.close();
      desktop = undefined;

      const [again, first] = await readProjects();
      expect(again).toEqual(first);
      expect(first).toEqual([
        ['3.jpg', 'empty', []],
        ['boat/1.jpg', 'labelled', [['ALB', 4, 4, 20.5, 10.25]]],
        ['boat/2.jpg', 'labelled', [expect.anything(), expect.anything()]],
      ]);
    }, 400_000);
  },
);
