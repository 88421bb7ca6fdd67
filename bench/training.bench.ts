/** Training lesson 7's heads: the studio's own loop against Keras and PyTorch on the same features and batches, in turns. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError } from '../src/core/errors.ts';
import { hasHalfProducts } from '../src/engine/backends/native-half.ts';
import { selectBackend } from '../src/engine/backends/select-backend.ts';
import { tf } from '../src/engine/backends/tf.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';
import {
  BATCH,
  drawTrainingSet,
  type Head,
  heads,
  StudioSide,
  type TrainingSet,
  type Way,
  ways,
} from './training-heads.ts';

const PYTHON = process.env.CATCHLIGHT_BENCH_PYTHON ?? 'python3';
/** The sides take turns, so that other work on the machine hits all alike; the median of each counts. */
const ROUNDS = Number(process.env.CATCHLIGHT_BENCH_ROUNDS ?? 5);
const HEADS = (process.env.CATCHLIGHT_BENCH_HEADS ?? 'dense,fcn').split(',');
const STEPS: Readonly<Record<Head['id'], number>> = { dense: 8, fcn: 1 };
/** XLA compiles at the first step, on a busy machine for minutes. */
const ANSWER_LIMIT_MS = 300_000;
const goals = { dense: 2, fcn: 1.5 };

const loadedSchema = z.object({ ways: z.array(z.string()), version: z.string() });
const trainedSchema = z.object({ ms: z.number().positive(), loss: z.number() });
type Trained = z.infer<typeof trainedSchema>;

/** A Python that answers a line for a line, within the time-out. */
class Peer implements Disposable {
  readonly kind: string;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private said = '';

  constructor(kind: 'keras' | 'torch') {
    this.kind = kind;
    const script = path.join(import.meta.dirname, 'training_peer.py');
    this.child = spawn(PYTHON, [script, kind], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.on('error', (error) => {
      this.said += error.message;
    });
    this.child.stdin?.on('error', () => undefined); // It died: the question finds no answer, and that is told.
    this.child.stderr?.on('data', (text: Buffer) => {
      this.said += text.toString();
    });
    const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    this.answers = lines[Symbol.asyncIterator]();
  }

  async ask<T>(request: unknown, schema: z.ZodType<T>): Promise<T> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), ANSWER_LIMIT_MS);
    try {
      this.child.stdin?.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await this.answers.next();
      if (done !== true) return schema.parse(JSON.parse(value));
    } finally {
      clearTimeout(timer);
    }
    throw new AppError({
      code: 'bench/no-peer',
      message: `The peer ${this.kind} did not answer, so nothing was compared: ${this.said.trim().split('\n').at(-1) ?? ''}`,
      hint: 'Install it: pip install keras tensorflow-cpu torch. CATCHLIGHT_BENCH_PYTHON names the Python that has them.',
    });
  }

  [Symbol.dispose](): void {
    this.child.kill();
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** One thing that trains, and what it took in each round. */
interface Runner {
  readonly label: string;
  readonly kind: 'ours' | 'ours too' | 'peer';
  readonly train: (steps: number) => Promise<Trained>;
  readonly ms: number[];
  loss: number;
}

const titles: Readonly<Record<Way, string>> = {
  lesson: 'ours, all in float32',
  rounded: 'ours, products in bfloat16',
  studio: 'ours as it comes, with decay and averaged weights',
};
/** A way of a peer in its own mixed precision. */
const isHalf = (label: string): boolean => label.includes('bfloat16');

async function listRunners(
  head: Head,
  set: TrainingSet,
  peers: readonly Peer[],
  folder: string,
  open: DisposableStack,
): Promise<Runner[]> {
  const files = { features: path.join(folder, 'features'), labels: path.join(folder, 'labels') };
  await writeFile(files.features, new Uint8Array(set.features.buffer));
  await writeFile(files.labels, new Uint8Array(set.labels.buffer));
  const runner = (label: string, kind: Runner['kind'], train: Runner['train']): Runner => ({
    label,
    kind,
    train,
    ms: [],
    loss: Number.NaN,
  });
  // What counts is the studio's own precision, with the peers' Adam and nothing else.
  const isRounded = head.recipe.parameters.parse({}).precision === 'bfloat16' && hasHalfProducts();
  const runners = (Object.keys(ways) as Way[]).map((way) => {
    const side = open.use(new StudioSide(head, set, way));
    const counts = way === (isRounded ? 'rounded' : 'lesson');
    return runner(titles[way], counts ? 'ours' : 'ours too', (steps) => side.train(steps));
  });
  const { heightCells, widthCells, channels } = head.tap;
  for (const peer of peers) {
    const request = {
      load: head.id,
      ...files,
      shape: [head.images, heightCells, widthCells, channels],
      batch: BATCH,
      threads: availableParallelism(),
    };
    const { ways, version } = await peer.ask(request, loadedSchema);
    for (const way of ways)
      runners.push(runner(`${version}, ${way}`, 'peer', (steps) => peer.ask({ way, steps }, trainedSchema)));
  }
  return runners;
}

/** What this machine gives a product of two matrices and a walk through memory, measured between the rounds. */
interface Limits {
  readonly gflops: number[];
  readonly gbPerS: number[];
}

function measureLimits(limits: Limits): void {
  const side = 1536;
  const passes = 4;
  const best = (work: () => unknown): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const startMs = performance.now();
      work();
      least = Math.min(least, performance.now() - startMs);
    }
    return least;
  };
  tf.tidy(() => {
    const a = tf.randomUniform([side, side]);
    a.dataSync();
    limits.gflops.push(
      (2 * side ** 3) / 1e6 / best(() => tf.slice(tf.matMul(a, a), [0, 0], [1, 1]).dataSync()),
    );
    const long = tf.ones([32 * 1024 * 1024]);
    long.slice(0, 1).dataSync();
    // A sum reads each number once and writes next to nothing.
    const sums = best(() => {
      for (let i = 0; i < passes; i++) tf.tidy(() => tf.sum(long).dataSync());
    });
    limits.gbPerS.push((passes * long.size * 4) / 1e6 / sums);
  });
}

/** Products of one step as the studio takes it, GFLOP: no gradient of the frozen features is among them. */
function countGflop({ id, tap }: Head): number {
  const dense = (inputs: number, outputs: number, products: number): number =>
    (products * 2 * BATCH * inputs * outputs) / 1e9;
  if (id === 'dense') {
    const inputs = (tap.heightCells / 2) * (tap.widthCells / 2) * tap.channels;
    return dense(inputs, 512, 2) + dense(512, 512, 3) + dense(512, 8, 3);
  }
  const conv = (cells: number, inputs: number, outputs: number, products: number): number =>
    (products * 2 * BATCH * cells * 9 * inputs * outputs) / 1e9;
  return conv(880, 512, 128, 2) + conv(220, 128, 128, 3) + conv(60, 128, 128, 3) + conv(30, 128, 8, 3);
}

async function measureHead(head: Head, peers: readonly Peer[], folder: string, limits: Limits) {
  using open = new DisposableStack();
  const set = drawTrainingSet(head);
  const runners = await listRunners(head, set, peers, folder, open);
  const steps = STEPS[head.id];
  for (const one of runners) await one.train(1); // Graphs are traced and memory is taken at the first step.
  for (let round = 0; round < ROUNDS; round++) {
    measureLimits(limits);
    for (const one of runners) {
      const { ms, loss } = await one.train(steps);
      one.ms.push(ms);
      one.loss = loss;
    }
  }
  for (const one of runners) if (!Number.isFinite(one.loss)) throw diverged(head, one);
  const perSecond = (one: Runner): number => (1000 * BATCH) / median(one.ms);
  const ours = runners.find(({ kind }) => kind === 'ours') as Runner;
  const fastestOf = (half: boolean): Runner =>
    runners
      .filter(({ kind, label }) => kind === 'peer' && isHalf(label) === half)
      .toSorted((a, b) => perSecond(b) - perSecond(a))[0] as Runner;
  const [fastest, fastestHalf] = [fastestOf(false), fastestOf(true)];
  const figures = runners.map((one): BenchFigure => {
    const spread = `${(BATCH / (Math.max(...one.ms) / 1000)).toFixed(0)} to ${(BATCH / (Math.min(...one.ms) / 1000)).toFixed(0)}`;
    return {
      label: `${head.id}: ${one.label}`,
      value: perSecond(one),
      unit: 'img/s',
      note: `× ${(perSecond(one) / perSecond(fastest)).toFixed(2)} of the fastest peer in float32, × ${(perSecond(one) / perSecond(fastestHalf)).toFixed(2)} of that in bfloat16; rounds ${spread}; loss ${one.loss.toFixed(3)}`,
    };
  });
  const gflop = countGflop(head);
  figures.push({
    label: `${head.id}: products of our step`,
    value: gflop / (median(ours.ms) / 1000),
    unit: 'GFLOPS',
    note: `${gflop.toFixed(1)} GFLOP a step`,
  });
  return { figures, ours: perSecond(ours), fastest: { label: fastest.label, value: perSecond(fastest) } };
}

function diverged(head: Head, { label }: Runner): AppError {
  return new AppError({
    code: 'bench/diverged',
    message: `${label} did not learn the ${head.id} head, so nothing was compared.`,
    hint: 'Run it again; report it where it happens twice.',
  });
}

async function measure(folder: string): Promise<BenchResult> {
  const { backend, backends } = await selectBackend();
  if (backend !== 'native') {
    throw new AppError({
      code: 'bench/no-native',
      message: `Native TensorFlow is not in use here, so there is nothing to compare: ${backends.find(({ id }) => id === 'native')?.reason ?? ''}`,
      hint: 'Run `catchlight engine install` and leave CATCHLIGHT_BACKEND unset.',
    });
  }
  using keras = new Peer('keras');
  using torch = new Peer('torch');
  const limits: Limits = { gflops: [], gbPerS: [] };
  const figures: BenchFigure[] = [];
  const ratios: Record<string, number> = {};
  const peers: string[] = [];
  let peer: BenchFigure | undefined;
  for (const head of heads.filter(({ id }) => HEADS.includes(id))) {
    const measured = await measureHead(head, [keras, torch], folder, limits);
    figures.push(...measured.figures);
    ratios[head.id] = measured.ours / measured.fastest.value;
    peers.push(`${head.id}: ${measured.fastest.label}`);
    peer ??= { label: measured.fastest.label, value: measured.fastest.value, unit: 'img/s' };
  }
  figures.push(
    { label: 'limit: product of two 1536×1536', value: median(limits.gflops), unit: 'GFLOPS' },
    { label: 'limit: reading memory once', value: median(limits.gbPerS), unit: 'GB/s' },
  );
  return {
    figures,
    peer: { ...(peer as BenchFigure), note: `the fastest of the peers; ${peers.join('; ')}` },
    ratio: ratios,
  };
}

export const training: Bench = {
  name: 'training',
  summary: `training lesson 7's heads in batches of ${BATCH}, against Keras and PyTorch in turns, ${ROUNDS} rounds`,
  goal: { ratio: goals, better: 'at-least' },
  run: async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
    try {
      return await measure(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
