/** The same keys in a project of 100,000 photographs and 1,000 classes and in one of 100 and 10: nothing that a key does may grow with the project. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { openProjectDatabase } from '../src/main/db/project-database.ts';
import { type Studio, startStudio } from '../test/helpers/studio.ts';
import { makeBox } from '../test/helpers/test-host.ts';
import type { Bench, BenchFigure } from './bench.ts';
import { createMeter, type Meter } from './canvas/meter.ts';
import { needWindow } from './canvas/needed-window.ts';

interface Size {
  readonly images: number;
  readonly classes: number;
}
const sizes = { small: { images: 100, classes: 10 }, large: { images: 100_000, classes: 1000 } } as const;
/** Boxes of each photograph. */
const boxes = 3;
const rounds = Number(process.env.CATCHLIGHT_BENCH_ROUNDS ?? 4);
/** Lists and sums follow an edit when it pauses: that belongs to what a key costs. */
const afterwardsMs = 1200;

interface Side extends AsyncDisposable {
  readonly studio: Studio;
  readonly meter: Meter;
}

/** Milliseconds of the processor for one key. `host`: of the process that answers the window, and that presses the keys. */
interface KeyCost {
  readonly windowMs: number;
  readonly hostMs: number;
}

const acts = {
  'a digit gives a class': async ({ page }: Studio) => {
    for (const key of ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0']) await page.keyboard.press(key);
    return 10;
  },
  '/ and a class name': async ({ page }: Studio) => {
    for (const name of ['class 7', 'class 3']) {
      await page.keyboard.press('/');
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
    }
    return 18;
  },
  'the next photograph': async ({ page }: Studio) => {
    for (let i = 0; i < 10; i += 1) await page.keyboard.press('d');
    return 10;
  },
  'the one before': async ({ page }: Studio) => {
    for (let i = 0; i < 10; i += 1) await page.keyboard.press('a');
    return 10;
  },
} as const;
type Act = keyof typeof acts;
const names = Object.keys(acts) as Act[];

/** A window on a project of that size; the photographs are rows without files but for one. */
async function open(dir: string, { images, classes }: Size): Promise<Side> {
  const photos = path.join(dir, 'photographs');
  mkdirSync(photos, { recursive: true });
  const plain = { create: { width: 1280, height: 720, channels: 3, background: '#2f5866' } } as const;
  await sharp(plain).jpeg().toFile(path.join(photos, 'first.jpg'));
  const studio = await startStudio({ dir, width: 1440, height: 900 });
  const { host, page } = studio;
  page.setDefaultTimeout(120_000);
  const projectDir = path.join(dir, 'keys.catchlight');
  const { jobId } = await host.api.createProject({
    imagesDir: photos,
    dir: projectDir,
    classes: Array.from({ length: classes }, (_, i) => `class ${i}`),
  });
  for await (const event of host.api.events(new AbortController().signal))
    if (event.type === 'job' && event.job.id === jobId && event.job.state.status === 'done') break;
  const classIds = (await host.api.listClasses()).map(({ id }) => id);
  await host.api.closeProject();
  fill(projectDir, images, classIds);
  await host.api.openProject({ path: projectDir });
  const meter = await createMeter(page);
  await page.reload();
  await page.goto(`${new URL(page.url()).origin}/#/annotate/row-000020`);
  await page.getByRole('complementary', { name: 'Images' }).locator('[aria-current]').waitFor();
  await page.getByRole('application').focus();
  await page.waitForTimeout(2000);
  return { studio, meter, [Symbol.asyncDispose]: () => studio[Symbol.asyncDispose]() };
}

function fill(projectDir: string, images: number, classIds: readonly string[]): void {
  const db = openProjectDatabase(projectDir, { create: false, nowMs: 0 });
  const size = { rawWidthPx: 1280, rawHeightPx: 720, orientation: 1, widthPx: 1280, heightPx: 720 };
  const file = { fileBytes: 1, modifiedAtMs: 1, capturedAtMs: null, problem: null };
  db.transaction(() => {
    for (let i = 1; i < images; i += 1) {
      const id = `row-${String(i).padStart(6, '0')}`;
      const group = { group: `boat ${i % 40}`, split: null, state: 'labelled' } as const;
      db.images.insert({ id, ...size, ...file, ...group, path: `trip/${id}.jpg`, hash: id });
      for (let n = 0; n < boxes; n += 1)
        db.boxes.insert(
          makeBox({
            ...{ id: `${id}-${n}`, imageId: id, classId: classIds[(i + n) % classIds.length] ?? '' },
            ...{ x: 100 + 300 * n, y: 200, w: 200, h: 150 },
          }),
        );
    }
  });
  db.close();
}

/** One act, and all that follows of it. */
async function play({ studio, meter }: Side, act: Act): Promise<KeyCost> {
  const { page } = studio;
  // A box is in hand for the classes, none while going through the photographs.
  await page.getByRole('application').focus();
  await page.keyboard.press('Escape');
  if (act === 'a digit gives a class' || act === '/ and a class name') await page.keyboard.press('Tab');
  await page.waitForTimeout(afterwardsMs);
  let keys = 1;
  const before = process.cpuUsage();
  const { workMs } = await meter.measure(1, async () => {
    keys = await acts[act](studio);
    await page.waitForTimeout(afterwardsMs);
  });
  const { user, system } = process.cpuUsage(before);
  return { windowMs: workMs / keys, hostMs: (user + system) / 1000 / keys };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] ?? Number.NaN)
    : ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2;
}

function join(costs: readonly KeyCost[]): KeyCost {
  return {
    windowMs: median(costs.map(({ windowMs }) => windowMs)),
    hostMs: median(costs.map(({ hostMs }) => hostMs)),
  };
}

export const keystrokes: Bench = {
  name: 'keystrokes',
  summary:
    'processor time of window and host for digits, class names, next and previous, with 100,000 photographs and 1,000 classes against 100 and 10',
  goal: { ratio: Object.fromEntries(names.map((name) => [name, 1.5])), better: 'at-most' },
  run: async () => {
    needWindow();
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-keys-'));
    try {
      await using small = await open(path.join(dir, 'small'), sizes.small);
      await using large = await open(path.join(dir, 'large'), sizes.large);
      const costs = new Map<string, KeyCost[]>();
      const note = (side: 'small' | 'large', act: Act, cost: KeyCost, round: number): void => {
        const name = `${side} ${act}`;
        // The first round warms up.
        if (round > 0) costs.set(name, [...(costs.get(name) ?? []), cost]);
      };
      for (let round = 0; round <= rounds; round += 1) {
        for (const act of names) {
          // In turns, so that both meet the same machine.
          note('small', act, await play(small, act), round);
          note('large', act, await play(large, act), round);
        }
      }
      const of = (side: 'small' | 'large', act: Act): KeyCost => join(costs.get(`${side} ${act}`) ?? []);
      const sum = ({ windowMs, hostMs }: KeyCost): number => windowMs + hostMs;
      const tell = (act: Act, side: 'small' | 'large', where: string): BenchFigure => {
        const cost = of(side, act);
        const label = `${where}: ${act}, one key`;
        return {
          ...{ label, value: sum(cost), unit: 'ms' },
          note: `window ${cost.windowMs.toFixed(1)}, host ${cost.hostMs.toFixed(1)}`,
        };
      };
      return {
        figures: names.flatMap((act) => [
          tell(act, 'large', '100,000 photographs'),
          tell(act, 'small', '100 photographs'),
        ]),
        peer: tell(names[0] ?? 'a digit gives a class', 'small', '100 photographs'),
        ratio: Object.fromEntries(names.map((act) => [act, sum(of('large', act)) / sum(of('small', act))])),
      };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
