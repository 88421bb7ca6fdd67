/** What the loop saves: a simulated person labels the aquarium's training photographs by hand, and with suggestions of models that learn meanwhile. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toPixelBox } from '../src/core/geometry.ts';
import type { HandBox } from '../src/core/metrics-match.ts';
import { createHost } from '../src/main/host/host.ts';
import { type Labelling, type LabellingOptions, labelAll } from './annotator/labelling.ts';
import { publishedCosts } from './annotator/person.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { aquarium, command } from './studio-commands.ts';

const RECIPE = process.env.CATCHLIGHT_BENCH_RECIPE ?? 'detector';
const SEEDS = (process.env.CATCHLIGHT_BENCH_SEEDS ?? '1,2,3').split(',').map(Number);
/** Photographs labelled × minutes of training then; `CATCHLIGHT_BENCH_ROUNDS` for others. */
const ROUNDS = (process.env.CATCHLIGHT_BENCH_ROUNDS ?? '20x1,50x1.5,100x2,200x3,320x3')
  .split(',')
  .map((part) => {
    const [after = 0, minutes = 1] = part.split('x').map(Number);
    return { after, minutes };
  });

/** A project of all photographs in which only those to validate on have labels. */
async function makeProject(data: string, folder: string): Promise<string> {
  const labels = path.join(folder, 'labels');
  await mkdir(path.join(labels, 'valid', 'labels'), { recursive: true });
  for (const name of await readdir(path.join(data, 'valid', 'labels')))
    await copyFile(path.join(data, 'valid', 'labels', name), path.join(labels, 'valid', 'labels', name));
  await copyFile(path.join(data, 'data.yaml'), path.join(labels, 'data.yaml'));
  const project = path.join(folder, 'aquarium.catchlight');
  await command(['create', project, '--images', data, '--labels', labels, '--format', 'yolo']);
  await command(['features', project]);
  return project;
}

/** Which photograph is next; `CATCHLIGHT_BENCH_ORDER=random` for as they come. */
const ORDER = process.env.CATCHLIGHT_BENCH_ORDER === 'random' ? 'random' : 'unsure';

/** One run through a fresh project. */
async function run1(
  data: string,
  project: string,
  part: Pick<LabellingOptions, 'seed' | 'rounds'>,
): Promise<Labelling> {
  const host = await createHost({ shell: 'serve' });
  try {
    await host.api.openProject({ path: project });
    const classes = await host.api.listClasses();
    const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 5000 });
    const truth = new Map<string, HandBox[]>();
    for (const image of items) {
      if (!image.path.startsWith('train/images/')) continue;
      const file = path.join(data, 'train', 'labels', `${path.parse(image.path).name}.txt`);
      const lines = (await readFile(file, 'utf8')).trim().split('\n').filter(Boolean);
      const size = { widthPx: image.widthPx, heightPx: image.heightPx };
      truth.set(
        image.path,
        lines.map((line) => {
          const [index = 0, cx = 0, cy = 0, w = 0, h = 0] = line.split(/\s+/).map(Number);
          return { classId: classes[index]?.id ?? '', box: toPixelBox({ cx, cy, w, h }, size) };
        }),
      );
    }
    return await labelAll({
      api: host.api,
      truth,
      costs: publishedCosts,
      recipe: RECIPE,
      order: ORDER,
      ...part,
    });
  } finally {
    await host.close();
  }
}

async function run(): Promise<BenchResult> {
  const data = aquarium();
  const figures: BenchFigure[] = [];
  const ratios: number[] = [];
  for (const seed of SEEDS) {
    const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
    try {
      const byHand = await run1(data, await makeProject(data, path.join(folder, 'hand')), {
        seed,
        rounds: [],
      });
      const looped = await run1(data, await makeProject(data, path.join(folder, 'loop')), {
        seed,
        rounds: ROUNDS,
      });
      ratios.push(byHand.seconds / looped.seconds);
      for (const [who, l] of [
        ['by hand', byHand],
        ['with the loop', looped],
      ] as const)
        figures.push({
          label: `${who}, seed ${seed}`,
          value: l.seconds / 3600,
          unit: 'h',
          note: `${l.gestures} gestures: ${l.drawn} drawn, ${l.accepted} accepted, ${l.adjusted} adjusted, ${l.rejected} rejected; accepted ones overlap the truth by ${l.acceptedIou.toFixed(2)}; ${l.lastFifth.toFixed(0)} s a photograph in the last fifth; machine ${(l.machineS / 60).toFixed(1)} min`,
        });
      for (const { seconds, photographs, map50 } of looped.curve)
        if (map50 !== null)
          figures.push({
            label: `model after ${photographs} photographs, seed ${seed}`,
            value: map50,
            unit: 'mAP@.5',
            note: `${(seconds / 3600).toFixed(2)} h of the person's time`,
          });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} over ${SEEDS.length} seeds`;
  return {
    figures,
    peer: { label: 'everything by hand is', value: mean, unit: 'times the time', note: spread },
    ratio: mean,
  };
}

export const annotator: Bench = {
  name: 'annotator',
  summary:
    'time of a simulated person for the aquarium training photographs by hand against with the loop, same labels',
  goal: { ratio: 3, better: 'at-least' },
  run,
};
