/** The canvas and the image list in a real Chromium: what thousands of boxes and a hundred thousand photographs cost a person's hand. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { openProjectDatabase } from '../src/main/db/project-database.ts';
import type { Host } from '../src/main/host/host.ts';
import { bundleCanvasPage } from '../test/helpers/canvas-page.ts';
import { makeBox, makeDocument, makeImage } from '../test/helpers/editor-driver.ts';
import { type Studio, startStudio } from '../test/helpers/studio.ts';
import type { Bench, BenchFigure } from './bench.ts';
import { needWindow } from './canvas/needed-window.ts';

const boxCounts = [100, 1000, 5000] as const;
const frames = 240;
const warmUpFrames = 60;
const rounds = 3;
const listSizes = { small: 100, large: 100_000 } as const;
const steps = 60;
const walk = { from: 200, to: 1000 } as const;

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

/**
 * Milliseconds of the page's own work in each frame of a zoom in and out and a pan: the input and all that runs before the frame is drawn.
 * What the graphics card does afterwards is not in it, nor the wait for the screen, which would hide every difference.
 */
async function measureFrames(page: Page, count: number): Promise<number[]> {
  const boxes = Array.from({ length: count }, (_, i) =>
    makeBox(`b${i}`, { x: (i % 100) * 39, y: Math.floor(i / 100) * 59, w: 34, h: 50 }),
  );
  const opened = makeDocument({ image: makeImage('one', { widthPx: 4000, heightPx: 3000 }), boxes });
  await page.evaluate((given) => window.canvasTest.start(given, false), opened);
  await page.waitForTimeout(500);
  return page.evaluate(
    async ([total, warmUp]) => {
      const { editor } = window.canvasTest;
      // All boxes in sight, and at most twice as near: what is out of sight costs nothing and would flatter.
      editor.run('view.fit');
      const none = { shift: false, alt: false, ctrl: false, meta: false };
      const atView = { x: 480, y: 380 };
      const works: number[] = [];
      let work = 0;
      const original = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (run) =>
        original((atMs) => {
          const started = performance.now();
          run(atMs);
          work += performance.now() - started;
        });
      for (let i = 0; i < total; i += 1) {
        work = 0;
        const started = performance.now();
        const isPan = i % 3 === 2;
        const deltaYView = isPan ? 30 * Math.sign(Math.sin(i / 9)) : 40 * Math.sign(Math.sin(i / 4));
        editor.dispatch({ type: 'wheel', atView, deltaXView: 0, deltaYView, ...none, shift: isPan });
        work += performance.now() - started;
        await new Promise((resolve) => original(() => original(resolve)));
        if (i >= warmUp) works.push(work);
      }
      window.requestAnimationFrame = original;
      return works;
    },
    [frames + warmUpFrames, warmUpFrames] as const,
  );
}

async function measureCanvas(executablePath: string): Promise<Map<number, number>> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1220, height: 800 } });
    await page.setContent(await bundleCanvasPage('white'));
    const works = new Map<number, number[]>(boxCounts.map((count) => [count, []]));
    // In turns, so that all meet the same machine.
    for (let round = 0; round < rounds; round += 1)
      for (const count of boxCounts) works.get(count)?.push(...(await measureFrames(page, count)));
    return new Map([...works].map(([count, list]) => [count, quantile(list, 0.95)]));
  } finally {
    await browser.close();
  }
}

/** A project of so many photographs that lie in no folder: a list needs their rows alone. */
async function openList(host: Host, dir: string, count: number): Promise<void> {
  const photos = path.join(dir, `photos-${count}`);
  const projectDir = path.join(dir, `list-${count}.catchlight`);
  mkdirSync(photos, { recursive: true });
  const { jobId } = await host.api.createProject({ imagesDir: photos, dir: projectDir, classes: ['fish'] });
  for await (const event of host.api.events(new AbortController().signal))
    if (event.type === 'job' && event.job.id === jobId && event.job.state.status === 'done') break;
  await host.api.closeProject();
  const db = openProjectDatabase(projectDir, { create: false, nowMs: 0 });
  const size = { rawWidthPx: 1280, rawHeightPx: 720, orientation: 1, widthPx: 1280, heightPx: 720 };
  const file = { fileBytes: 1, modifiedAtMs: 1, capturedAtMs: null, problem: 'image/missing' };
  db.transaction(() => {
    for (let i = 0; i < count; i += 1) {
      const id = `image-${String(i).padStart(6, '0')}`;
      const group = { group: `boat ${i % 40}`, split: null, state: 'unseen' } as const;
      db.images.insert({ id, ...size, ...file, ...group, path: `trip/${id}.jpg`, hash: id });
    }
  });
  db.close();
  await host.api.openProject({ path: projectDir });
}

interface ListFigures {
  readonly nextMs: number;
  readonly filterMs: number;
  readonly scrollMs: number;
  readonly heapRatio: number;
}

const scrollSteps = 120;

/**
 * Milliseconds of the processor that the page's own thread takes for a step of seven rows, up and down by turns over a few screenfuls, with all
 * that follows: rows made and dropped, pages asked for.
 */
async function measureScroll({ page, context }: Studio): Promise<number> {
  const tools = await context.newCDPSession(page);
  await tools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const workMs = async (): Promise<number> => {
    const { metrics } = await tools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  const scroll = (steps: number): Promise<void> =>
    page.evaluate(async (total) => {
      const list = document.querySelector('#place aside ul')?.parentElement;
      if (list == null) throw new Error('there is no list');
      for (let i = 0; i < total; i += 1) {
        list.scrollTop += (i % 24 < 12 ? 1 : -1) * 7 * 56;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      }
    }, steps);
  await scroll(24);
  const before = await workMs();
  await scroll(scrollSteps);
  const spent = ((await workMs()) - before) / scrollSteps;
  await tools.detach();
  return spent;
}

/** From a key press to the list that shows the next image, and from the last letter of a search to the new count; heap after a long walk. */
async function measureList(studio: Studio, dir: string, count: number, walks: boolean): Promise<ListFigures> {
  const { page, host } = studio;
  // From the welcome page, as a person comes: a filter of the project before would stay in the address.
  await page.goto(`${new URL(page.url()).origin}/#/welcome`);
  await openList(host, dir, count);
  await page.goto(`${new URL(page.url()).origin}/#/annotate`);
  await page.getByRole('complementary', { name: 'Images' }).locator('[aria-current]').waitFor();
  await page.waitForTimeout(1500);
  const press = (times: number) =>
    page.evaluate(async (total) => {
      // Looked up each time: another project brings another list.
      const current = () => document.querySelector('#place aside [aria-current]')?.getAttribute('title');
      const timesMs: number[] = [];
      for (let i = 0; i < total; i += 1) {
        const before = current();
        const started = performance.now();
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'd', code: 'KeyD', bubbles: true }));
        while (current() === before || current() === undefined) {
          if (performance.now() - started > 20_000) throw new Error(`the list did not follow from ${before}`);
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        timesMs.push(performance.now() - started);
      }
      return timesMs;
    }, times);
  const scrollMs = await measureScroll(studio);
  const next = await press(steps);
  const filterMs: number[] = [];
  for (const text of ['image-00001', 'image-00002', 'image-00003', 'image-00004']) {
    const started = performance.now();
    await page.evaluate((query) => {
      location.hash = `#/annotate?text=${query}`;
    }, text);
    await page.waitForFunction(
      (wanted) => document.querySelector('#place aside li button')?.getAttribute('title')?.includes(wanted),
      text,
    );
    filterMs.push(performance.now() - started);
  }
  let heapRatio = 1;
  if (walks) {
    await page.evaluate(() => {
      location.hash = '#/annotate/image-000000';
    });
    await page.waitForTimeout(1000);
    const tools = await studio.context.newCDPSession(page);
    const heap = async (): Promise<number> => {
      await tools.send('HeapProfiler.collectGarbage');
      return (await tools.send('Runtime.getHeapUsage')).usedSize;
    };
    await press(walk.from);
    const early = await heap();
    await press(walk.to - walk.from);
    heapRatio = (await heap()) / early;
  }
  return { nextMs: quantile(next, 0.5), filterMs: quantile(filterMs, 0.5), scrollMs, heapRatio };
}

const names = {
  boxes: `${boxCounts[2]} boxes, frame`,
  next: '100,000 photographs, next',
  filter: '100,000 photographs, filter',
  scroll: '100,000 photographs, scrolling',
  heap: 'heap, 1,000 images walked',
} as const;

export const canvas: Bench = {
  name: 'canvas',
  summary:
    'work a frame while zooming and panning with 5,000 boxes against 100, the list with 100,000 photographs against 100 (next, filter, scrolling), and the heap after 1,000 images against 200',
  goal: {
    ratio: { [names.boxes]: 2, [names.next]: 1.5, [names.filter]: 2, [names.scroll]: 1.5, [names.heap]: 1.2 },
    better: 'at-most',
  },
  run: async () => {
    const executablePath = needWindow();
    const works = await measureCanvas(executablePath);
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-canvas-'));
    const studio = await startStudio({ dir, width: 1440, height: 900 });
    try {
      const small = await measureList(studio, dir, listSizes.small, false);
      const large = await measureList(studio, dir, listSizes.large, true);
      const frame = (count: number): number => works.get(count) ?? Number.NaN;
      const figures: BenchFigure[] = [
        ...boxCounts.map((count) => ({
          label: `${count} boxes, frame, 95 %`,
          value: frame(count),
          unit: 'ms',
          note: `the page’s own work, ${frames * rounds} frames of zoom and pan, in turns`,
        })),
        { label: '100,000 photographs, next image in the list, median', value: large.nextMs, unit: 'ms' },
        { label: '100 photographs, next image in the list, median', value: small.nextMs, unit: 'ms' },
        { label: '100,000 photographs, filter by name, median', value: large.filterMs, unit: 'ms' },
        { label: '100 photographs, filter by name, median', value: small.filterMs, unit: 'ms' },
        {
          ...{ label: '100,000 photographs, list scrolled by seven rows', value: large.scrollMs, unit: 'ms' },
          note: 'processor time of the page’s own thread',
        },
        { label: '100 photographs, list scrolled by seven rows', value: small.scrollMs, unit: 'ms' },
      ];
      return {
        figures,
        peer: { label: '100 boxes, frame, 95 %', value: frame(boxCounts[0]), unit: 'ms' },
        ratio: {
          [names.boxes]: frame(boxCounts[2]) / frame(boxCounts[0]),
          [names.next]: large.nextMs / small.nextMs,
          [names.filter]: large.filterMs / small.filterMs,
          [names.scroll]: large.scrollMs / small.scrollMs,
          [names.heap]: large.heapRatio,
        },
      };
    } finally {
      await studio[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
