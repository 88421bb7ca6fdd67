/** Features of the classic nets: the studio's session against PyTorch on the same cut net, and against the bare session. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError } from '../src/core/errors.ts';
import type { Canvas } from '../src/core/learning.ts';
import type { BackboneManifest } from '../src/engine/backbones/backbone-manifest.ts';
import { cutClassifier, IMAGE } from '../src/engine/backbones/cut-classifier.ts';
import { loadBackbone } from '../src/engine/backbones/load-backbone.ts';
import { createPixelSession, onnxRuntime } from '../src/engine/backbones/session.ts';
import { type Classifier, resnet50, squeezeNet, vgg16 } from '../test/helpers/classifiers.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';

/** Runs of a net a round, and rounds: the sides take turns, so that other work on the machine hits all alike. */
const RUNS = Number(process.env.CATCHLIGHT_BENCH_RUNS ?? 10);
const ROUNDS = RUNS >= 5 ? 5 : 1;
/** Measures only the cases with this in their title. */
const ONLY = process.env.CATCHLIGHT_BENCH_NETS ?? '';

interface Case {
  readonly title: string;
  readonly canvas: Canvas;
  readonly source: () => Promise<{ bytes: Uint8Array; manifest: BackboneManifest }>;
}

const square = { widthPx: 224, heightPx: 224 };
const vgg = (): Classifier => vgg16({ headless: true });
const cases: readonly Case[] = [
  { title: 'VGG16, 224 × 224', canvas: square, source: () => cut(vgg()) },
  { title: 'VGG16, 640 × 360', canvas: { widthPx: 640, heightPx: 360 }, source: () => cut(vgg()) },
  { title: 'ResNet-50, 224 × 224', canvas: square, source: () => cut(resnet50()) },
  { title: 'SqueezeNet 1.1, 224 × 224', canvas: square, source: () => cut(squeezeNet()) },
  { title: 'ours, 224 × 224', canvas: square, source: () => loadBackbone() },
];

/** Speeds do not depend on what the weights are: the architecture is the real one. */
function cut({ net, output }: Classifier): Promise<{ bytes: Uint8Array; manifest: BackboneManifest }> {
  const { bytes, taps, multipleOf } = cutClassifier(net.toOnnx(output));
  const manifest: BackboneManifest = {
    id: 'bench',
    version: '1',
    file: 'bench.onnx',
    sha256: '0'.repeat(64),
    licence: 'none',
    input: {
      name: IMAGE,
      layout: 'NCHW',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      scale: '0..1',
      colour: 'RGB',
      multipleOf,
    },
    taps: taps.map(({ name, stride, channels }) => ({ name, stride, channels })),
  };
  return Promise.resolve({ bytes, manifest });
}

/** A Python that answers a line for a line. */
class TorchPeer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    this.#child = spawn('python3', [path.join(import.meta.dirname, 'torch_peer.py')], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.on('error', () => undefined); // No python3: the first question finds no answer.
    this.#child.stdin?.on('error', () => undefined);
    let said = '';
    this.#child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    this.said = () => said.trim().split('\n').at(-1) ?? '';
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** The last line it wrote to stderr. */
  readonly said: () => string;

  async ask<T>(request: unknown, schema: z.ZodType<T>): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done !== true) return schema.parse(JSON.parse(value));
    throw new AppError({
      code: 'bench/no-pytorch',
      message: `PyTorch did not answer, so nothing was compared: ${this.said()}`,
      hint: 'Install it: pip install torch onnx numpy.',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await Promise.resolve();
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds a run. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (let i = 0; i < RUNS; i++) await run();
  return (performance.now() - startMs) / RUNS;
}

interface Times {
  readonly ours: number;
  readonly bare: number;
  readonly torch: number;
  readonly torchWay: string;
}

async function measureCase(peer: TorchPeer, { canvas, source }: Case, folder: string): Promise<Times> {
  const threads = availableParallelism();
  const { bytes, manifest } = await source();
  const ort = onnxRuntime();
  const { heightPx, widthPx } = canvas;
  const values = Float32Array.from({ length: 3 * heightPx * widthPx }, (_, i) => (i % 251) / 251);
  const picture = new ort.Tensor('float32', values, [1, 3, heightPx, widthPx]);
  const pixels = Uint8Array.from(values, (value) => value * 255);
  const bare = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: threads });
  const ours = await createPixelSession({ modelBytes: bytes, manifest, threads });
  try {
    const feed = { [manifest.input.name]: picture };
    const maps = await bare.run(feed);
    const files = { net: path.join(folder, 'net.onnx'), picture: path.join(folder, 'picture') };
    await writeFile(files.net, bytes);
    await writeFile(files.picture, new Uint8Array(values.buffer));
    const expected: string[] = [];
    for (const { name } of manifest.taps) {
      const file = path.join(folder, name);
      const data = maps[name]?.data as Float32Array;
      await writeFile(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      expected.push(file);
    }
    const request = {
      load: files.net,
      picture: files.picture,
      height: heightPx,
      width: widthPx,
      threads,
      expected,
    };
    const loaded = await peer.ask(request, z.object({ difference: z.number(), ways: z.array(z.string()) }));
    if (!(loaded.difference < 1e-3)) {
      throw new AppError({
        code: 'bench/not-the-same',
        message: `PyTorch does not compute the same maps (they differ by ${loaded.difference}), so the two cannot be compared.`,
        hint: 'Report this with the versions of torch and onnxruntime-node.',
      });
    }
    const torchMs = async (way: string): Promise<number> =>
      (await peer.ask({ way, runs: RUNS }, z.object({ ms: z.number() }))).ms;
    const oursRun = () => ours.run(pixels, 1, canvas);
    const bareRun = () => bare.run(feed);
    for (const warm of [oursRun, bareRun]) await warm();
    for (const way of loaded.ways) await torchMs(way); // PyTorch's frozen nets settle over their first runs.
    const sides = ['ours', 'bare', ...loaded.ways];
    const times = new Map<string, number[]>(sides.map((side) => [side, []]));
    const take = (side: string, ms: number): void => void times.get(side)?.push(ms);
    const medianOf = (side: string): number => median(times.get(side) ?? []);
    for (let round = 0; round < ROUNDS; round++) {
      take('ours', await timed(oursRun));
      take('bare', await timed(bareRun));
      for (const way of loaded.ways) take(way, await torchMs(way));
    }
    const torchWay = loaded.ways.toSorted((a, b) => medianOf(a) - medianOf(b))[0] ?? 'eager';
    return { ours: medianOf('ours'), bare: medianOf('bare'), torch: medianOf(torchWay), torchWay };
  } finally {
    await bare.release();
    await ours.close();
  }
}

async function measure(folder: string): Promise<BenchResult> {
  await using peer = new TorchPeer();
  const figures: BenchFigure[] = [];
  let least: { ratio: number; peer: BenchFigure } | undefined;
  for (const entry of cases.filter(({ title }) => title.includes(ONLY))) {
    const { ours, bare, torch, torchWay } = await measureCase(peer, entry, folder);
    const ratio = torch / ours;
    const note = `PyTorch ${torchWay} ${(1000 / torch).toFixed(1)} img/s: × ${ratio.toFixed(2)}; bare session ${(1000 / bare).toFixed(1)} img/s: × ${(bare / ours).toFixed(2)}`;
    figures.push({ label: entry.title, value: 1000 / ours, unit: 'img/s', note });
    // What was measured is told at once: a net that fails later takes none of it away.
    process.stderr.write(`${entry.title}: ${(1000 / ours).toFixed(1)} img/s (${note})\n`);
    if (least === undefined || ratio < least.ratio) {
      const label = `PyTorch ${torchWay}, ${entry.title} (the least ratio)`;
      least = { ratio, peer: { label, value: 1000 / torch, unit: 'img/s' } };
    }
  }
  if (least === undefined) {
    throw new AppError({
      code: 'bench/no-such-net',
      message: `No net is called “${ONLY}”, so nothing was measured.`,
      hint: `CATCHLIGHT_BENCH_NETS is a part of one of: ${cases.map(({ title }) => title).join('; ')}.`,
    });
  }
  return { figures, ...least };
}

export const features: Bench = {
  name: 'features',
  summary: `feature maps of one picture, ${ROUNDS} rounds of ${RUNS} runs, every core`,
  goal: { ratio: 2, better: 'at-least' },
  run: async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
    try {
      return await measure(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
