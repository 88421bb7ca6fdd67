/** From the key press to the next photograph on the canvas, real files and a real host: decoded ahead, against one that nobody asked for before. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { type Studio, startStudio } from '../test/helpers/studio.ts';
import type { Bench } from './bench.ts';
import { needWindow } from './canvas/needed-window.ts';

const photographs = 60;
const [widthPx, heightPx] = [3000, 2000];
const steps = 12;
/** Ten on each. */
const jumps = 4;
/** Long enough for the neighbours to be decoded, as while a person draws a box. */
const pauseMs = 1500;
/** Colours that tell a photograph from the next and from the tenth after it. */
const colours = [
  [200, 60, 40],
  [40, 160, 60],
  [50, 70, 200],
  [200, 190, 40],
] as const;

async function drawPhotographs(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const noise = await sharp({
    create: {
      width: widthPx,
      height: heightPx,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .raw()
    .toBuffer();
  for (let i = 0; i < photographs; i += 1) {
    const [r, g, b] = colours[i % colours.length] ?? [0, 0, 0];
    await sharp(noise, { raw: { width: widthPx, height: heightPx, channels: 3 } })
      .linear([1, 1, 1], [r - 128, g - 128, b - 128])
      .jpeg({ quality: 88 })
      .toFile(path.join(dir, `${String(i).padStart(3, '0')}.jpg`));
  }
}

async function openProject({ host, page }: Studio, dir: string, photos: string): Promise<void> {
  const { jobId } = await host.api.createProject({
    imagesDir: photos,
    dir: path.join(dir, 'next.catchlight'),
    classes: ['fish'],
  });
  for await (const event of host.api.events(new AbortController().signal))
    if (event.type === 'job' && event.job.id === jobId && event.job.state.status === 'done') break;
  await page.goto(`${new URL(page.url()).origin}/#/annotate`);
  await page.getByRole('application').waitFor();
}

/** Milliseconds from the key press until the middle of the canvas shows another photograph. */
function measureStep({ page }: Studio, key: { key: string; shiftKey: boolean }): Promise<number> {
  return page.evaluate(async (pressed) => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role=application] canvas');
    const paint = canvas?.getContext('2d');
    if (canvas === null || paint == null) throw new Error('there is no canvas');
    const look = (): readonly number[] => {
      const { data } = paint.getImageData(canvas.width / 2 - 8, canvas.height / 2 - 8, 16, 16);
      return [0, 1, 2].map((channel) => {
        let sum = 0;
        for (let i = channel; i < data.length; i += 4) sum += data[i] ?? 0;
        return sum / 256;
      });
    };
    const before = look();
    const started = performance.now();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { ...pressed, bubbles: true }));
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (look().some((value, i) => Math.abs(value - (before[i] ?? 0)) > 40))
        return performance.now() - started;
      if (performance.now() - started > 30_000) throw new Error('the next photograph did not come');
    }
  }, key);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

export const canvasNext: Bench = {
  name: 'canvas-next',
  summary: `from the key to the next photograph (${widthPx} × ${heightPx}) on the canvas, decoded ahead, against a jump of ten to one that was not; and 50 ms against it`,
  goal: { ratio: { 'a jump against the next': 2, '50 ms against the next': 1 }, better: 'at-least' },
  run: async () => {
    needWindow();
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-next-'));
    const studio = await startStudio({ dir, width: 1440, height: 900 });
    try {
      studio.page.setDefaultTimeout(120_000);
      const photos = path.join(dir, 'photographs');
      await drawPhotographs(photos);
      await openProject(studio, dir, photos);
      const next: number[] = [];
      for (let i = 0; i < steps; i += 1) {
        await studio.page.waitForTimeout(pauseMs);
        next.push(await measureStep(studio, { key: 'd', shiftKey: false }));
      }
      const far: number[] = [];
      for (let i = 0; i < jumps; i += 1) {
        await studio.page.waitForTimeout(pauseMs);
        far.push(await measureStep(studio, { key: 'PageDown', shiftKey: true }));
      }
      return {
        figures: [
          { label: 'next photograph, median', value: median(next), unit: 'ms', note: `${steps} steps` },
          { label: 'next photograph, slowest', value: Math.max(...next), unit: 'ms' },
        ],
        peer: { label: 'a jump to one that was not decoded, median', value: median(far), unit: 'ms' },
        ratio: {
          'a jump against the next': median(far) / median(next),
          '50 ms against the next': 50 / median(next),
        },
      };
    } finally {
      await studio[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
