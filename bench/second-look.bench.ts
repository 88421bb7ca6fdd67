/** What a second look at boxes brings: class of met boxes and mAP@.5 of a detector alone and of crop-classifier on its boxes, same photographs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '../src/core/errors.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { makeDrawnProject } from './drawn-project.ts';
import { command } from './studio-commands.ts';

/** `1`: the sample as it is drawn; `2`: four pictures a photograph, so that fish are small on the canvas. `CATCHLIGHT_BENCH_CELLS` for others. */
const TILES = (process.env.CATCHLIGHT_BENCH_CELLS ?? '1,2').split(',').map(Number);
const IMAGES = { 1: 300, 2: 120 } as Readonly<Record<number, number>>;
const DETECTOR_MINUTES = '3';

interface Judged {
  readonly boxClassAcc: number;
  readonly map50: number;
}

async function evaluate(project: string, modelId: string): Promise<Judged> {
  const report = await command(['evaluate', project, '--model', modelId, '--split', 'valid']);
  if (typeof report.boxClassAcc !== 'number' || typeof report.map50 !== 'number') {
    throw new AppError({
      code: 'bench/found-nothing',
      message: `No box of the model ${modelId} met a fish, so there is nothing to compare.`,
      hint: 'Three minutes were too short for the detector: run it again while the machine has nothing else to do.',
    });
  }
  return { boxClassAcc: report.boxClassAcc, map50: report.map50 };
}

async function measure(tiles: number): Promise<{ before: Judged; after: Judged; seconds: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  try {
    const project = await makeDrawnProject(folder, { images: IMAGES[tiles] ?? 120, seed: 11, tiles });
    const found = await command(['train', project, '--recipe', 'detector', '--minutes', DETECTOR_MINUTES]);
    const detector = String(found.modelId);
    const set = ['--set', `detector=${detector}`];
    const looked = await command(['train', project, '--recipe', 'crop-classifier', ...set]);
    return {
      before: await evaluate(project, detector),
      after: await evaluate(project, String(looked.modelId)),
      seconds: Number(looked.trainMs) / 1000,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(): Promise<BenchResult> {
  const figures: BenchFigure[] = [];
  let last: { before: Judged; after: Judged } | undefined;
  for (const tiles of TILES) {
    const { before, after, seconds } = await measure(tiles);
    const of = tiles === 1 ? 'the sample as it is' : `${tiles ** 2} pictures a photograph`;
    for (const [who, judged] of [
      ['detector', before],
      ['second look', after],
    ] as const) {
      const note = `mAP@.5 ${judged.map50.toFixed(3)}${who === 'detector' ? '' : `, ${seconds.toFixed(0)} s more`}`;
      figures.push({
        label: `${who}, ${of}`,
        value: judged.boxClassAcc,
        unit: 'of met boxes named right',
        note,
      });
    }
    last = { before, after };
  }
  const [peer, ...ours] = figures.slice(-2);
  return {
    figures: [...ours, ...figures.slice(0, -2)],
    peer: peer as BenchFigure,
    ratio: last === undefined ? 0 : last.after.boxClassAcc / last.before.boxClassAcc,
  };
}

export const secondLook: Bench = {
  name: 'second-look',
  summary: 'classes of boxes that met a fish, and mAP@.5: a detector alone, and crop-classifier on its boxes',
  goal: { ratio: 1.05, better: 'at-least' },
  run,
};
