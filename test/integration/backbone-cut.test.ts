/** Cut classifiers in a real ONNX Runtime: maps of the promised sizes, and the numbers Python gets from the net before it was cut. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { cutClassifier, planCut } from '../../src/engine/backbones/cut-classifier.ts';
import { readOnnxGraph } from '../../src/engine/backbones/onnx-graph.ts';
import { onnxRuntime } from '../../src/engine/backbones/session.ts';
import {
  type Classifier,
  googLeNet,
  inceptionV3,
  resnet50,
  squeezeNet,
  vgg16,
} from '../helpers/classifiers.ts';
import { findPythonWith, runSourcesInPython } from '../helpers/python-onnx.ts';
import { sharedDataDir } from '../helpers/shared-data.ts';

const heightPx = 96;
const widthPx = 128;

/** Whole numbers around 0, which half floats hold exactly. */
function makePicture(): Float32Array {
  const random = createRandom(3);
  return Float32Array.from({ length: 3 * heightPx * widthPx }, () => random.int(256) - 117);
}

async function runCut(bytes: Uint8Array, picture: Float32Array) {
  const ort = onnxRuntime();
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    return await session.run({ image: new ort.Tensor('float32', picture, [1, 3, heightPx, widthPx]) });
  } finally {
    await session.release();
  }
}

/** Largest difference as a part of the largest value. */
function difference(ours: Float32Array, theirs: Float32Array | undefined): number {
  if (theirs?.length !== ours.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < ours.length; i++) {
    worst = Math.max(worst, Math.abs((ours[i] as number) - (theirs[i] as number)));
    largest = Math.max(largest, Math.abs(theirs[i] as number));
  }
  return largest > 0 ? worst / largest : Number.NaN;
}

const narrow = { width: 1 / 8, classes: 10, sidePx: 224 };
const nets: readonly (readonly [string, () => Classifier])[] = [
  ['VGG16', () => vgg16(narrow)],
  ['VGG16 with batch norm', () => vgg16({ ...narrow, norm: true })],
  ['ResNet-50', () => resnet50(narrow)],
  ['GoogLeNet', () => googLeNet(narrow)],
  ['Inception v3', () => inceptionV3({ ...narrow, sidePx: 299 })],
  ['SqueezeNet', () => squeezeNet(narrow)],
];

async function readNets(): Promise<{ title: string; source: Uint8Array }[]> {
  const made = nets.map(([title, make]) => {
    const { net, output } = make();
    return { title, source: net.toOnnx(output) };
  });
  if (shared === undefined) return made;
  const file = path.join(shared, 'backbones', 'squeezenet-fp16-onnx', 'SqueezeNet_fp16.onnx');
  return [...made, { title: 'the SqueezeNet of half floats', source: await readFile(file) }];
}

const shared = sharedDataDir();
const python = findPythonWith('onnx', 'onnxruntime');
const none = { before: 0, after: 0 };

describe('cut nets', () => {
  it(`give maps of the promised sizes at any size${shared === undefined ? ' (without ../shared/data: not the SqueezeNet of half floats)' : ''}`, async () => {
    const picture = makePicture();
    for (const { title, source } of await readNets()) {
      const cut = cutClassifier(source);
      const maps = await runCut(cut.bytes, picture);
      for (const { name, stride, channels } of cut.taps)
        expect(maps[name]?.dims, title).toEqual([1, channels, heightPx / stride, widthPx / stride]);
    }
  });

  it.skipIf(python === undefined)(
    'give the numbers Python gets from the whole net (needs Python with onnx and onnxruntime)',
    async () => {
      const picture = makePicture();
      const runs = (await readNets()).map(({ title, source }) => {
        const { taps, border, trims } = planCut(readOnnxGraph(source));
        const wanted = taps.map((tap) => ({ ...tap, ...(trims.get(tap.name) ?? { y: none, x: none }) }));
        return { title, model: source, picture, heightPx, widthPx, border, taps: wanted };
      });
      const theirs = runSourcesInPython(python as string, runs);
      for (const [i, { title, model, taps }] of runs.entries()) {
        const maps = await runCut(cutClassifier(model).bytes, picture);
        for (const { name } of taps)
          expect(
            difference(maps[name]?.data as Float32Array, theirs[i]?.get(name)),
            `${title}, ${name}`,
          ).toBeLessThan(1e-4);
      }
    },
  );

  const converter = findPythonWith('h5py', 'onnx');
  const canConvert = shared !== undefined && converter !== undefined;
  it.skipIf(!canConvert)(
    'are the same from Keras weights as from the half floats of another converter (needs ../shared/data and Python with h5py and onnx)',
    async () => {
      const backbones = path.join(shared as string, 'backbones');
      const weights = path.join(
        backbones,
        'squeezenet11-notop-keras-h5',
        'squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5',
      );
      const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-keras-'));
      try {
        const out = path.join(folder, 'keras.onnx');
        execFileSync(converter as string, ['scripts/backbone/keras_squeezenet.py', weights, out], {
          timeout: 60_000,
        });
        const half = path.join(backbones, 'squeezenet-fp16-onnx', 'SqueezeNet_fp16.onnx');
        const picture = makePicture();
        const [ours, theirs] = [cutClassifier(await readFile(out)), cutClassifier(await readFile(half))];
        const tapsOf = ({ taps }: typeof ours) => taps.map(({ name, channels }) => [name, channels]);
        expect(tapsOf(ours)).toEqual(tapsOf(theirs));
        const [maps, others] = [await runCut(ours.bytes, picture), await runCut(theirs.bytes, picture)];
        for (const { name } of ours.taps)
          expect(
            difference(maps[name]?.data as Float32Array, others[name]?.data as Float32Array),
          ).toBeLessThan(3e-3);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
