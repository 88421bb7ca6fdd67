/** What a photograph of 10,000 × 10,000 pixels costs when it is opened for the first time: its pyramid of tiles, against decoding it whole. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { drawGiant } from '../test/helpers/giant-photograph.ts';
import type { Bench } from './bench.ts';

const sidePx = Number(process.env.CATCHLIGHT_BENCH_SIDE ?? 10_000);

interface Side {
  readonly elapsedMs: number;
  readonly workMs: number;
  readonly peakMib: number;
}

async function run(args: readonly string[]): Promise<Side> {
  const side = path.join(import.meta.dirname, 'canvas-giant-side.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [side, ...args], { timeout: 600_000 });
  return JSON.parse(stdout) as Side;
}

export const canvasGiant: Bench = {
  name: 'canvas-giant',
  summary: `peak memory of cutting a photograph of ${sidePx} × ${sidePx} pixels into tiles, once, against decoding it whole as a viewer without tiles does`,
  goal: { ratio: 1, better: 'at-most' },
  run: async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-giant-'));
    try {
      const file = path.join(dir, 'giant.jpg');
      await drawGiant(file, sidePx);
      const tiles = await run(['tiles', file, path.join(dir, 'tiles'), String(sidePx)]);
      const whole = await run(['whole', file]);
      return {
        figures: [
          { label: 'tiles, memory at its peak', value: tiles.peakMib, unit: 'MiB' },
          {
            label: 'tiles, time',
            value: tiles.elapsedMs / 1000,
            unit: 's',
            note: `${(tiles.workMs / 1000).toFixed(1)} s of the processor`,
          },
          { label: 'whole, time', value: whole.elapsedMs / 1000, unit: 's' },
        ],
        peer: { label: 'whole, memory at its peak', value: whole.peakMib, unit: 'MiB' },
        ratio: tiles.peakMib / whole.peakMib,
      };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
