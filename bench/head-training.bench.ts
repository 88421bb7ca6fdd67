/** Training the lesson's heads on native TensorFlow against WebAssembly, and the operations that explain the difference. */
import { AppError } from '../src/core/errors.ts';
import { AdamOptimizer } from '../src/engine/backends/adam-optimizer.ts';
import { nativeBackendName } from '../src/engine/backends/native-binding.ts';
import { selectBackend } from '../src/engine/backends/select-backend.ts';
import { type LayersModel, type Scalar, type Tensor, type Tensor4D, tf } from '../src/engine/backends/tf.ts';
import { wasmBackendName } from '../src/engine/backends/wasm.backend.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';

type Layer = LayersModel['layers'][number];
type Side = 'native' | 'wasm';
const backendNames: Readonly<Record<Side, string>> = { native: nativeBackendName, wasm: wasmBackendName };
/** The two sides take turns, so that other work on the machine hits both alike; the best step of each counts. */
const ROUNDS = 2;

/** Lesson 7's dense head: 25088 → 512 → 512 → 8, batch normalisation and dropout between. */
function denseHead(): LayersModel {
  const block = (): Layer[] => [
    tf.layers.dense({ units: 512, activation: 'relu' }),
    tf.layers.batchNormalization(),
    tf.layers.dropout({ rate: 0.5 }),
  ];
  return tf.sequential({
    layers: [
      tf.layers.inputLayer({ inputShape: [25088] }),
      ...block(),
      ...block(),
      tf.layers.dense({ units: 8 }),
    ],
  });
}

/** Lesson 7's fully convolutional head on 22×40×512: three 3×3 convolutions of 128 with normalisation and pooling, then classes. */
function fcnHead(): LayersModel {
  const block = (): Layer[] => [
    tf.layers.conv2d({ filters: 128, kernelSize: 3, padding: 'same', activation: 'relu' }),
    tf.layers.batchNormalization(),
    tf.layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
  ];
  return tf.sequential({
    layers: [
      tf.layers.inputLayer({ inputShape: [22, 40, 512] }),
      tf.layers.batchNormalization(),
      ...block(),
      ...block(),
      ...block(),
      tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same' }),
      tf.layers.globalAveragePooling2d({}),
    ],
  });
}

/** Milliseconds of the best training step: forward, gradients, Adam, one number read back. */
function bestStepMs(createHead: () => LayersModel, shape: readonly number[], steps: number): number {
  const model = createHead();
  const optimizer = new AdamOptimizer({ learningRate: 1e-3 });
  const x = tf.randomNormal([...shape], 0, 1, 'float32', 1);
  const labels = Array.from({ length: shape[0] ?? 0 }, (_, i) => i % 8);
  const y = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 8), 'float32'));
  const weights = model.trainableWeights.map((weight) => weight.read() as ReturnType<typeof tf.variable>);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < steps; i++) {
    const startMs = performance.now();
    const loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as Tensor) as Scalar,
      weights,
    );
    loss.dataSync();
    best = Math.min(best, performance.now() - startMs);
    loss.dispose();
  }
  optimizer.dispose();
  model.dispose();
  tf.dispose([x, y]);
  return best;
}

/** Milliseconds of the best run of an operation, one number read back. */
function bestOpMs(work: () => Tensor, runs = 6): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const startMs = performance.now();
    tf.tidy(() => tf.sum(work()).dataSync());
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}

/** The operations under a training step, in GFLOPS. */
function measureOperations(): Record<string, number> {
  const a = tf.randomNormal([512, 4608], 0, 1, 'float32', 1);
  const b = tf.randomNormal([4608, 512], 0, 1, 'float32', 2);
  const matmulGflop = (2 * 512 * 4608 * 512) / 1e9;
  const x = tf.randomNormal([4, 22, 40, 128], 0, 1, 'float32', 3) as Tensor4D;
  const filter = tf.randomNormal([3, 3, 128, 128], 0, 1, 'float32', 4) as Tensor4D;
  const convGflop = (2 * 4 * 22 * 40 * 9 * 128 * 128) / 1e9;
  const conv = (image: Tensor, weights: Tensor): Tensor =>
    tf.conv2d(image as Tensor4D, weights as Tensor4D, 1, 'same');
  const figures = {
    'matmul 512×4608×512': matmulGflop / bestOpMs(() => tf.matMul(a, b)),
    'the same, left side transposed': matmulGflop / bestOpMs(() => tf.matMul(b, b, true, false), 3),
    'conv 3×3 forward, 4×22×40×128': convGflop / bestOpMs(() => conv(x, filter)),
    // grad() also runs the forward convolution, so the work is two of them.
    'conv 3×3 forward + filter gradient':
      (2 * convGflop) / bestOpMs(() => tf.grad((f: Tensor) => conv(x, f))(filter), 3),
    'conv 3×3 forward + input gradient':
      (2 * convGflop) / bestOpMs(() => tf.grad((i: Tensor) => conv(i, filter))(x), 3),
  };
  tf.dispose([a, b, x, filter]);
  return Object.fromEntries(Object.entries(figures).map(([label, perMs]) => [label, perMs * 1000]));
}

/** Milliseconds of one Adam step over 12.8 million weights. */
function measureAdam(mode: 'auto' | 'composed'): number {
  const weight = tf.tidy(() => tf.variable(tf.zeros([25088, 512]), true));
  const gradient = tf.ones([25088, 512]);
  const optimizer = new AdamOptimizer({ learningRate: 1e-3, mode });
  const step = (): Tensor => {
    optimizer.applyGradients({ [weight.name]: gradient });
    return tf.slice(weight, [0, 0], [1, 1]);
  };
  const best = bestOpMs(step, 8);
  optimizer.dispose();
  tf.dispose([weight, gradient]);
  return best;
}

async function run(): Promise<BenchResult> {
  const { backend, backends } = await selectBackend();
  const native = backends.find((one) => one.id === 'native');
  if (backend !== 'native' || native === undefined) {
    throw new AppError({
      code: 'bench/no-native',
      message: `Native TensorFlow is not in use here, so there is nothing to compare: ${native?.reason ?? ''}`,
      hint: 'Run `catchlight engine install` and leave CATCHLIGHT_BACKEND unset.',
    });
  }
  const best = { native: new Map<string, number>(), wasm: new Map<string, number>() };
  const keep = (side: Side, label: string, value: number, better: (a: number, b: number) => number): void => {
    best[side].set(label, better(value, best[side].get(label) ?? value));
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of ['native', 'wasm'] as const) {
      await tf.setBackend(backendNames[side]);
      keep(side, 'dense', 64_000 / bestStepMs(denseHead, [64, 25088], side === 'native' ? 6 : 3), Math.max);
      keep(side, 'fcn', 16_000 / bestStepMs(fcnHead, [16, 22, 40, 512], side === 'native' ? 3 : 2), Math.max);
      keep(side, 'adam', measureAdam('auto'), Math.min);
      if (side === 'native') keep(side, 'adam composed', measureAdam('composed'), Math.min);
      for (const [label, value] of Object.entries(measureOperations())) keep(side, label, value, Math.max);
    }
  }
  return describe(best);
}

function describe(best: Readonly<Record<Side, ReadonlyMap<string, number>>>): BenchResult {
  const figure = (side: Side, key: string, label: string, unit: string, note?: string): BenchFigure => ({
    label: `${label}, ${side}`,
    value: best[side].get(key) ?? Number.NaN,
    unit,
    ...(note === undefined ? {} : { note }),
  });
  const dense = figure('native', 'dense', 'dense head 25088→512→512→8', 'img/s', 'batches of 64');
  const peer = figure('wasm', 'dense', 'dense head 25088→512→512→8', 'img/s', 'batches of 64, one core');
  const operations = [...best.wasm.keys()].filter((key) => key.includes('×'));
  const transposed = 'the same, left side transposed';
  return {
    figures: [
      dense,
      figure('native', 'fcn', 'FCN head on 22×40×512', 'img/s', 'batches of 16'),
      figure('wasm', 'fcn', 'FCN head on 22×40×512', 'img/s', 'batches of 16'),
      figure('native', 'adam', 'Adam over 12.8 M weights, fused', 'ms'),
      figure('native', 'adam composed', 'Adam over 12.8 M weights, composed', 'ms'),
      figure('wasm', 'adam', 'Adam over 12.8 M weights, composed', 'ms'),
      ...[...operations, transposed].flatMap((key) => [
        figure('native', key, key, 'GFLOPS'),
        figure('wasm', key, key, 'GFLOPS'),
      ]),
    ],
    peer,
    ratio: dense.value / peer.value,
  };
}

/** Head training on native TensorFlow against wasm, in one process and session. */
export const headTraining: Bench = {
  name: 'head-training',
  summary: 'images per second of training the lesson’s dense head, native TensorFlow against WebAssembly',
  goal: { ratio: 4, better: 'at-least' },
  run,
};
