/** The report in a real desktop window: it opens beside the studio, shows what the audit found, and leads nowhere else. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createHost } from '../../src/main/host/host.ts';
import { type Desktop, openDesktop, testElectron } from '../helpers/desktop.ts';
import { makePlantedProject } from '../helpers/planted-project.ts';
import { whenOver } from '../helpers/test-host.ts';

it.skipIf(testElectron === undefined)(
  'opens in a window of its own that can go nowhere (skipped without an Electron: run `npm test`, which finds one)',
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight-report-'));
    const home = path.join(folder, 'home');
    let desktop: Desktop | undefined;
    try {
      const host = await createHost({ shell: 'serve', userDataDir: home });
      await makePlantedProject(host.api, { imagesDir: path.join(folder, 'photos'), seed: 4, images: 12 });
      await whenOver(host.api, (await host.api.startAudit({ features: false, seed: 1 })).jobId);
      await host.close();
      desktop = await openDesktop(home);
      const { app, page } = desktop;
      await page
        .getByRole('button', { name: /planted 4/ })
        .first()
        .click({ timeout: 60_000 });
      await page.getByRole('link', { name: 'Data' }).click({ timeout: 60_000 });
      const [report] = await Promise.all([
        app.waitForEvent('window', { timeout: 60_000 }),
        page.getByRole('link', { name: 'Open report' }).click({ timeout: 60_000 }),
      ]);
      await report.getByRole('heading', { name: 'Audit of planted 4' }).waitFor({ timeout: 60_000 });
      expect(report.url()).toBe('studio://app/audit/report.html');
      expect(await report.locator('svg').count()).toBeGreaterThan(2);
      // Neither a page nor a script gets it elsewhere.
      await report.evaluate(() => {
        window.open('https://example.org');
        location.href = 'https://example.org';
      });
      await report.waitForTimeout(300);
      expect(report.url()).toBe('studio://app/audit/report.html');
      expect(app.windows()).toHaveLength(2);
    } finally {
      await desktop?.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
  240_000,
);
