/** What the loop saves: a simulated person labels a set of photographs by hand, and with suggestions of models that learn meanwhile. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HostApi } from '../src/contract/host-api.ts';
import { AppError } from '../src/core/errors.ts';
import { toPixelBox } from '../src/core/geometry.ts';
import type { HandBox } from '../src/core/metrics-match.ts';
import { defaultReviewSettings } from '../src/core/review-queue.ts';
import { createHost } from '../src/main/host/host.ts';
import {
  type Labelling,
  labelAll,
  labelByHand,
  type Order,
  readRounds,
  type Stand,
} from './annotator/labelling.ts';
import { computeMeanRange } from './annotator/mean-range.ts';
import { publishedCosts } from './annotator/person.ts';
import { readLog, replay } from './annotator/replay.ts';
import { aquariumSet, type PhotographSet, photographSets } from './annotator/sets.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import { command } from './studio-commands.ts';

const SEEDS = (process.env.CATCHLIGHT_BENCH_SEEDS ?? '1,2,3').split(',').map(Number);

/** So many of the photographs to label, and beside them some to judge by; as many as the set has unless told. Few photographs save little. */
const PHOTOGRAPHS = Number(process.env.CATCHLIGHT_BENCH_PHOTOGRAPHS ?? Number.POSITIVE_INFINITY);

/** Which photograph is next. */
const orders = ['unsure', 'random', 'few'] as const satisfies readonly Order[];
const ORDER = orders.find((order) => order === process.env.CATCHLIGHT_BENCH_ORDER) ?? 'unsure';

/** A file to write everything to that was suggested and answered, and one of an earlier run to answer again in other ways. */
const LOG = process.env.CATCHLIGHT_BENCH_LOG;
const REPLAY = process.env.CATCHLIGHT_BENCH_REPLAY;

function chooseSet(): PhotographSet {
  const asked = process.env.CATCHLIGHT_BENCH_SET ?? aquariumSet.name;
  const set = photographSets.find(({ name }) => name === asked);
  if (set !== undefined) return set;
  throw new AppError({
    code: 'bench/unknown-set',
    message: `CATCHLIGHT_BENCH_SET is “${asked}”, which is no set of photographs, so nothing was measured.`,
    hint: `Use one of ${photographSets.map(({ name }) => name).join(', ')}.`,
  });
}

/** `CATCHLIGHT_BENCH_SETTING` names a plan of the set, `CATCHLIGHT_BENCH_ROUNDS` gives one of one's own. */
function choosePlan({ plans }: PhotographSet): string {
  const setting = process.env.CATCHLIGHT_BENCH_SETTING;
  const name = setting === 'short' || setting === 'long' ? setting : 'usual';
  return process.env.CATCHLIGHT_BENCH_ROUNDS ?? plans[name];
}

/** A project of the photographs in which only those to validate on have labels. */
async function makeProject(data: string, folder: string): Promise<string> {
  const labels = path.join(folder, 'labels');
  await mkdir(path.join(labels, 'valid', 'labels'), { recursive: true });
  for (const name of await readdir(path.join(data, 'valid', 'labels')))
    await copyFile(path.join(data, 'valid', 'labels', name), path.join(labels, 'valid', 'labels', name));
  await copyFile(path.join(data, 'data.yaml'), path.join(labels, 'data.yaml'));
  const project = path.join(folder, 'labelled.catchlight');
  await command(['create', project, '--images', data, '--labels', labels, '--format', 'yolo']);
  await command(['features', project]);
  return project;
}

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

interface Seed {
  readonly seed: number;
  readonly data: string;
  /** With features, and without a label but of those to validate on. */
  readonly untouched: string;
  readonly plan: string;
  readonly set: PhotographSet;
  readonly log: WriteStream | undefined;
}

/** One seed, through a project of its own. */
async function runSeed({ seed, data, untouched, plan, set: { oneFish, detector }, log }: Seed): Promise<Run> {
  const folder = path.dirname(untouched);
  const project = path.join(folder, `seed-${seed}.catchlight`);
  await cp(untouched, project, { recursive: true });
  try {
    const host = await createHost({ shell: 'serve', userDataDir: path.join(folder, 'home') });
    try {
      await host.api.openProject({ path: project });
      await host.api.saveReviewSettings({ ...defaultReviewSettings, oneFish });
      const truth = await readTruth(data, host.api);
      const looped = await labelAll({
        api: host.api,
        truth,
        costs: publishedCosts,
        order: ORDER,
        seed,
        detector,
        rounds: readRounds(plan, process.env.CATCHLIGHT_BENCH_RECIPE ?? 'detector'),
        onStand: (stand) => process.stderr.write(`seed ${seed}: ${describe(stand)}\n`),
        ...(log !== undefined && { onLog: (line) => void log.write(`${JSON.stringify(line)}\n`) }),
      });
      return { byHand: labelByHand(truth, publishedCosts), looped };
    } finally {
      await host.close();
    }
  } finally {
    await rm(project, { recursive: true, force: true, maxRetries: 5 });
  }
}
interface Run {
  readonly byHand: ReturnType<typeof labelByHand>;
  readonly looped: Labelling;
}

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

function listFigures(seed: number, { byHand, looped }: Run): BenchFigure[] {
  const { quality, fifths, curve } = looped;
  const hours = ([who, l]: readonly [string, Run['byHand']]): BenchFigure => ({
    label: `${who}, seed ${seed}`,
    value: l.seconds / 3600,
    unit: 'h',
    note: `${l.gestures} gestures: ${l.drawn} drawn, ${l.accepted} accepted, ${l.adjusted} adjusted, ${l.rejected} rejected; machine ${(l.machineS / 60).toFixed(1)} min`,
  });
  return [
    hours(['by hand', byHand]),
    hours(['with the loop', looped]),
    {
      label: `labels in the end, seed ${seed}`,
      value: quality.recall,
      unit: 'recall',
      note: `precision ${quality.precision.toFixed(3)}, overlap with the truth ${quality.iou.toFixed(3)}, of boxes left as suggested ${looped.acceptedIou.toFixed(2)}`,
    },
    {
      label: `a photograph of the last fifth, seed ${seed}`,
      value: fifths.at(-1)?.seconds ?? Number.NaN,
      unit: 's',
      note: `by fifths ${fifths.map(({ seconds, byHandS, answers }) => `${seconds.toFixed(1)} s (by hand ${byHandS.toFixed(1)}, ${answers.toFixed(1)} answers)`).join(', ')}`,
    },
    ...curve.flatMap(({ seconds, photographs, map50 }) =>
      map50 === null
        ? []
        : [
            {
              label: `model after ${photographs} photographs, seed ${seed}`,
              value: map50,
              unit: 'mAP@.5',
              note: `${(seconds / 3600).toFixed(2)} h of the person's time`,
            },
          ],
    ),
  ];
}

async function runAll(): Promise<BenchResult> {
  const set = chooseSet();
  const plan = choosePlan(set);
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  const log = LOG === undefined ? undefined : createWriteStream(LOG);
  try {
    const data = await set.lay(folder, PHOTOGRAPHS);
    const untouched = await makeProject(data, folder);
    const figures: BenchFigure[] = [];
    const ratios: number[] = [];
    for (const seed of SEEDS) {
      const run = await runSeed({ seed, data, untouched, plan, set, log });
      ratios.push(run.byHand.seconds / run.looped.seconds);
      figures.push(...listFigures(seed, run));
    }
    const { mean, low, high } = computeMeanRange(ratios);
    const seeds = SEEDS.length === 1 ? 'one seed' : `${SEEDS.length} seeds`;
    const range = low === null ? seeds : `95 % of ${seeds}: ${low.toFixed(2)} to ${high.toFixed(2)}`;
    const note = `${range}; ${set.title}; plan ${plan}, order ${ORDER}`;
    return {
      figures,
      peer: { label: 'everything by hand is', value: mean, unit: 'times the time', note },
      ratio: mean,
    };
  } finally {
    log?.end();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A run that was logged, answered again in other ways. No training, no photograph. */
async function runReplay(file: string): Promise<BenchResult> {
  const [byHand, ...policies] = replay(await readLog(file), publishedCosts);
  const figure = ({ policy, seconds }: { policy: string; seconds: number }): BenchFigure => ({
    label: policy,
    value: seconds / 3600,
    unit: 'h',
    note: `${((byHand?.seconds ?? Number.NaN) / seconds).toFixed(3)} times`,
  });
  const was = policies.find(({ policy }) => policy === 'as it was');
  return {
    figures: policies.map(figure),
    peer: figure(byHand ?? { policy: 'by hand', seconds: Number.NaN }),
    ratio: (byHand?.seconds ?? Number.NaN) / (was?.seconds ?? Number.NaN),
  };
}

export const annotator: Bench = {
  name: 'annotator',
  summary:
    'time of a simulated person for a set of photographs by hand against with the loop, to the same labels',
  goal: { ratio: 3, better: 'at-least' },
  run: () => (REPLAY === undefined ? runAll() : runReplay(REPLAY)),
};
