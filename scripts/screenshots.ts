/**
 * Draws every place of the window on the sample project into PNG files: `node scripts/screenshots.ts [--out DIR] [--size 1440x900] [--scheme dark|light]`.
 * Without `--out` writes the two small ones of the README to docs/screenshots. Trains a short model, so it takes a minute or two.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { startStudio } from '../test/helpers/studio.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    size: { type: 'string', default: '1440x900' },
    scheme: { type: 'string', default: 'dark' },
    dir: { type: 'string' },
  },
});
const scheme = values.scheme === 'light' ? 'light' : 'dark';
const isReadme = values.out === undefined;
const out = path.resolve(values.out ?? path.join(import.meta.dirname, '..', 'docs', 'screenshots'));
const [width = 1440, height = 900] = isReadme ? [1280, 800] : values.size.split('x').map(Number);
mkdirSync(out, { recursive: true });

await using studio = await startStudio({
  width,
  height,
  colorScheme: scheme,
  ...(values.dir === undefined ? {} : { dir: path.resolve(values.dir) }),
});
const { page, host } = studio;
page.setDefaultTimeout(90_000);

const shots = isReadme ? new Set(['annotate', 'review']) : null;
async function shoot(name: string): Promise<void> {
  if (shots !== null && !shots.has(name)) return;
  await page.waitForLoadState('networkidle', { timeout: 4000 }).catch(() => undefined);
  // Small pictures are drawn on the way, which takes a busy machine longer.
  await page
    .waitForFunction(
      () =>
        [...document.images].every((image) => {
          const { top, bottom } = image.getBoundingClientRect();
          const isInSight = bottom > 0 && top < innerHeight;
          return !isInSight || (image.complete && image.naturalWidth > 0);
        }),
      undefined,
      { timeout: 30_000 },
    )
    .catch(() => console.error(`${name}: not every picture was there`));
  await page.waitForTimeout(500);
  const file = path.join(out, isReadme ? `${name}.png` : `${name}-${width}x${height}-${scheme}.png`);
  const picture = await page.screenshot({ animations: 'disabled' });
  // 256 colours: a third of the size, and the repository keeps them for ever.
  await sharp(picture)
    .png(isReadme ? { palette: true, quality: 85, effort: 9 } : {})
    .toFile(file);
  console.log(file);
}

async function openPlace(target: Page, name: string): Promise<void> {
  await target.getByRole('navigation').getByRole('link', { name }).click();
}

await page.getByRole('button', { name: /sample project/ }).waitFor();
await shoot('welcome');
await page.getByRole('button', { name: /sample project/ }).click();
await page.getByRole('application').waitFor({ timeout: 90_000 });
await openPlace(page, 'Train');
await shoot('train-before');
const models = await host.api.listModels();
if (models.length === 0) {
  await page.getByText('2 min', { exact: true }).click();
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll('figure').length > 2, undefined, {
    timeout: 240_000,
  });
  await page.waitForTimeout(4000);
  await shoot('train-running');
  await page
    .getByRole('radio', { name: /suggest/ })
    .first()
    .waitFor({ timeout: 300_000 });
  for (let waited = 0; waited < 120; waited += 1) {
    const jobs = await host.api.listJobs();
    if (jobs.every(({ state }) => state.status !== 'running' && state.status !== 'queued')) break;
    await page.waitForTimeout(1000);
  }
}
await shoot('train');
await openPlace(page, 'Annotate');
const { items } = await host.api.listImages({ filter: { hasSuggestions: true }, offset: 0, limit: 200 });
// One that shows both kinds of boxes and can still be read.
const distance = ({ boxes, suggestions }: (typeof items)[number]): number =>
  (boxes === 0 ? 20 : Math.abs(boxes - 3)) + Math.abs(suggestions - 3);
const telling = items.toSorted((a, b) => distance(a) - distance(b))[0];
if (telling !== undefined) await page.goto(`${new URL(page.url()).origin}/#/annotate/${telling.id}`);
await page.waitForTimeout(2500);
await shoot('annotate');
if (shots === null) {
  await page.keyboard.press('m');
  await page.getByRole('region', { name: 'Where the model looks' }).waitFor({ timeout: 60_000 });
  await page.getByText('Looking…').waitFor({ state: 'hidden', timeout: 120_000 });
  await shoot('heat-map');
  await page.keyboard.press('m');
}
await openPlace(page, 'Review');
await shoot('review');
await openPlace(page, 'Compare');
await shoot('compare');
await openPlace(page, 'Export');
await shoot('export');
await page.keyboard.press('Control+k');
await shoot('palette');
await page.keyboard.press('Escape');
await page.keyboard.press('?');
await shoot('keys');
if (studio.faults.length > 0) {
  console.error(`The page reported faults:\n${studio.faults.join('\n')}`);
  process.exitCode = 1;
}
