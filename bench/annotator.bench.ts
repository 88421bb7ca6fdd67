/** What the loop saves: a simulated person labels the aquarium's training photographs by hand, and with suggestions of models that learn meanwhile. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HostApi } from '../src/contract/host-api.ts';
import { toPixelBox } from '../src/core/geometry.ts';
import type { HandBox } from '../src/core/metrics-match.ts';
import { createHost } from '../src/main/host/host.ts';
import {
  type Labelling,
  labelAll,
  labelByHand,
  type Order,
  type Round,
  type Stand,
} from './annotator/labelling.ts';
import { publishedCosts } from './annotator/person.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { aquarium, command } from './studio-commands.ts';

const SEEDS = (process.env.CATCHLIGHT_BENCH_SEEDS ?? '1,2,3').split(',').map(Number);

/**
 * Named plans of trainings, photographs labelled × minutes of training then, and by which recipe where it is not the detector. `short`: one
 * seed within twelve minutes on two quiet cores. `usual`: what a person who waits for nothing would let it do. `long`: the machine trains about
 * an hour, beside a person who needs four.
 */
const plans: Readonly<Record<string, string>> = {
  short: '20x0.5,60x1,150x2,300x2',
  usual: '20x1,50x1.5,100x2,200x3,320x3',
  long: '20x1,50x3,100x10@detector-fine,200x20@detector-fine,320x30@detector-fine',
};
/** `CATCHLIGHT_BENCH_SETTING` names a plan, `CATCHLIGHT_BENCH_ROUNDS` gives one of one's own. */
const ROUNDS = (
  process.env.CATCHLIGHT_BENCH_ROUNDS ??
  plans[process.env.CATCHLIGHT_BENCH_SETTING ?? 'usual'] ??
  plans.usual ??
  ''
)
  .split(',')
  .map((part): Round => {
    const [when = '', recipe = process.env.CATCHLIGHT_BENCH_RECIPE ?? 'detector'] = part.split('@');
    const [after = 0, minutes = 1] = when.split('x').map(Number);
    return { after, minutes, recipe };
  });

/** So many of the photographs to label, and a third as many to judge by; all unless told. For a quick look: few photographs save little. */
const PHOTOGRAPHS = Number(process.env.CATCHLIGHT_BENCH_PHOTOGRAPHS ?? Number.POSITIVE_INFINITY);

/** A project of the photographs in which only those to validate on have labels. */
async function makeProject(data: string, folder: string): Promise<string> {
  const labels = path.join(folder, 'labels');
  await mkdir(path.join(labels, 'valid', 'labels'), { recursive: true });
  for (const name of await readdir(path.join(data, 'valid', 'labels')))
    await copyFile(path.join(data, 'valid', 'labels', name), path.join(labels, 'valid', 'labels', name));
  await copyFile(path.join(data, 'data.yaml'), path.join(labels, 'data.yaml'));
  const project = path.join(folder, 'aquarium.catchlight');
  const images = Number.isFinite(PHOTOGRAPHS) ? await takeSome(data, path.join(folder, 'some')) : data;
  await command(['create', project, '--images', images, '--labels', labels, '--format', 'yolo']);
  await command(['features', project]);
  return project;
}

async function takeSome(data: string, folder: string): Promise<string> {
  for (const [side, count] of [
    ['train', PHOTOGRAPHS],
    ['valid', Math.ceil(PHOTOGRAPHS / 3)],
  ] as const) {
    const target = path.join(folder, side, 'images');
    await mkdir(target, { recursive: true });
    for (const name of (await readdir(path.join(data, side, 'images'))).sort().slice(0, count))
      await copyFile(path.join(data, side, 'images', name), path.join(target, name));
  }
  return folder;
}

/** Which photograph is next. */
const orders = ['unsure', 'random', 'few'] as const satisfies readonly Order[];
const ORDER = orders.find((order) => order === process.env.CATCHLIGHT_BENCH_ORDER) ?? 'unsure';

/** The labels of the training photographs, by path. */
async function readTruth(data: string, api: HostApi): Promise<Map<string, HandBox[]>> {
  const classes = await api.listClasses();
  const { items } = await api.listImages({ filter: {}, offset: 0, limit: 5000 });
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
  return truth;
}

/** One seed, through a fresh project. */
async function runSeed(data: string, seed: number): Promise<{ byHand: Kept; looped: Labelling }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  try {
    const project = await makeProject(data, folder);
    const host = await createHost({ shell: 'serve', userDataDir: path.join(folder, 'home') });
    try {
      await host.api.openProject({ path: project });
      const truth = await readTruth(data, host.api);
      const looped = await labelAll({
        api: host.api,
        truth,
        costs: publishedCosts,
        order: ORDER,
        seed,
        rounds: ROUNDS,
        onStand: (stand) => process.stderr.write(`seed ${seed}: ${describe(stand)}\n`),
      });
      return { byHand: labelByHand(truth, publishedCosts), looped };
    } finally {
      await host.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
type Kept = ReturnType<typeof labelByHand>;

/** A line a stand: a run that is stopped has told all it knew until then. */
function describe({ photographs, seconds, byHandS, since, machineS, map50, cut }: Stand): string {
  const times = (hand: number, own: number): string => (own === 0 ? 'none' : (hand / own).toFixed(3));
  return [
    `${photographs} photographs in ${(seconds / 3600).toFixed(2)} h, by hand ${(byHandS / 3600).toFixed(2)} h: ${times(byHandS, seconds)} times`,
    ...(since.photographs === 0
      ? []
      : [`the last ${since.photographs}: ${times(since.byHandS, since.seconds)} times`]),
    ...(map50 === null ? [] : [`newest model mAP@.5 ${map50.toFixed(3)}, cut ${cut.toFixed(2)}`]),
    `machine ${(machineS / 60).toFixed(1)} min`,
  ].join('; ');
}

async function run(): Promise<BenchResult> {
  const data = aquarium();
  const figures: BenchFigure[] = [];
  const ratios: number[] = [];
  for (const seed of SEEDS) {
    const { byHand, looped } = await runSeed(data, seed);
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
