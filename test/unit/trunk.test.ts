/** The last blocks of a backbone as trainable layers: cut in the right place, and saying what the backbone says before they are trained. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cutBackbone } from '../../src/engine/backbones/cut-backbone.ts';
import { cutClassifier, IMAGE } from '../../src/engine/backbones/cut-classifier.ts';
import { type Backbone, loadBackbone } from '../../src/engine/backbones/load-backbone.ts';
import { ELEMENT, replaceEnds } from '../../src/engine/backbones/onnx-writer.ts';
import { createPixelSession, onnxRuntime } from '../../src/engine/backbones/session.ts';
import { openTrunk } from '../../src/engine/backbones/trunk.ts';
import { type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { type FeatureMaps, unpackRecord } from '../../src/engine/features/compute-features.ts';
import { type TapShape, tapShapes } from '../../src/engine/features/feature-types.ts';
import { connectTrunk } from '../../src/engine/parts/trunk-layers.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { prepareTask } from '../../src/engine/train/recipe-task.ts';
import {
  type Classifier,
  googLeNet,
  inceptionV3,
  resnet50,
  squeezeNet,
  vgg16,
} from '../helpers/classifiers.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';
import { sharedDataDir } from '../helpers/shared-data.ts';

const canvas = { widthPx: 96, heightPx: 64 };

beforeAll(async () => {
  await startWasmBackend();
});

function drawPixels(): Uint8Array {
  return Uint8Array.from(
    { length: canvas.widthPx * canvas.heightPx * 3 },
    (_, i) => 128 + 90 * Math.sin(i * 0.013) + 35 * Math.sin(i * 1.7),
  );
}

/** What ONNX Runtime says in full precision, channels last, of a picture of noise: where a trunk starts, then each tap. */
async function runExactly(
  backbone: Backbone,
  names: readonly string[],
): Promise<{ dims: number[]; data: Float32Array }[]> {
  const ort = onnxRuntime();
  const { bytes, manifest } = backbone;
  const value = (name: string) => ({
    name,
    type: ELEMENT.float,
    shape: ['n', 'c', `h-${name}`, `w-${name}`],
  });
  const nodes = names.map((name, i) => ({
    op: 'Transpose',
    inputs: [name],
    outputs: [`last-${i}`],
    attributes: { perm: [0, 2, 3, 1] },
  }));
  const model = replaceEnds(bytes, {
    inputs: [{ ...value(manifest.input.name), shape: ['n', 3, 'h', 'w'] }],
    outputs: names.map((_, i) => value(`last-${i}`)),
    before: [],
    after: nodes,
    constants: [],
  });
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const picture = Float32Array.from(drawPixels(), (value) => (value - 117) / 60);
  const result = await session.run({
    [manifest.input.name]: new ort.Tensor('float32', picture, [1, 3, canvas.heightPx, canvas.widthPx]),
  });
  await session.release();
  return names.map((_, i) => {
    const { dims, data } = result[`last-${i}`] as { dims: readonly number[]; data: unknown };
    return { dims: [...dims], data: data as Float32Array };
  });
}

/** A published classifier as it is when somebody adds it. */
function addedBackbone(id: string, source: Uint8Array): Backbone {
  const { bytes, taps, multipleOf } = cutClassifier(source);
  const own = taps.map(({ name, stride, channels }) => ({ name, stride, channels }));
  const { manifest } = convBackbone();
  const input = { ...manifest.input, name: IMAGE, multipleOf };
  return { manifest: { ...manifest, id, input, taps: own }, hash: id, taps: own, bytes };
}

/** What ONNX Runtime says of the pixels, by tap. */
async function runNet(backbone: Backbone): Promise<{ maps: FeatureMaps; taps: TapShape[] }> {
  const session = await createPixelSession({
    modelBytes: backbone.bytes,
    manifest: backbone.manifest,
    threads: 1,
  });
  const [record] = await session.run(drawPixels(), 1, canvas);
  await session.close();
  const taps = tapShapes(backbone.taps, canvas);
  return { maps: unpackRecord(record as Uint8Array, taps), taps };
}

/** The largest difference between the trunk's taps and the backbone's, as a share of the tap's largest value. */
async function compareTrunk(backbone: Backbone, stride: number): Promise<Record<string, number>> {
  const trunk = openTrunk(backbone, stride);
  const frozen = await runNet(cutBackbone(backbone, trunk));
  const whole = await runNet(backbone);
  const [start] = frozen.taps as [TapShape];
  return tf.tidy(() => {
    const input = tf.input({ shape: [start.heightCells, start.widthCells, start.channels] });
    const maps = connectTrunk(trunk, input);
    const model = tf.model({ inputs: input, outputs: whole.taps.map((tap) => maps.get(tap.name) ?? input) });
    const x = tf.tensor4d(frozen.maps.get(start.name) as Float32Array, [
      1,
      start.heightCells,
      start.widthCells,
      start.channels,
    ]);
    const result = model.apply(x) as Tensor | Tensor[];
    const outputs = Array.isArray(result) ? result : [result];
    return Object.fromEntries(
      whole.taps.map((tap, i) => {
        const expected = whole.maps.get(tap.name) as Float32Array;
        const got = (outputs[i] as Tensor).dataSync();
        const most = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
        return [
          tap.name,
          expected.reduce((max, value, k) => Math.max(max, Math.abs(value - (got[k] ?? 0))), 0) / most,
        ];
      }),
    );
  });
}

describe('the last blocks of a backbone', () => {
  test('say what the embedded backbone says, wherever they are cut', async () => {
    const backbone = await loadBackbone();
    for (const stride of [8, 4]) {
      const trunk = openTrunk(backbone, stride);
      expect(trunk.cut.stride, `asked for ${stride}`).toBe(stride);
      // Features are stored as half floats: three digits.
      for (const [tap, difference] of Object.entries(await compareTrunk(backbone, stride)))
        expect(difference, `${tap} behind stride ${stride}`).toBeLessThan(4e-3);
    }
  });

  test('are read from a net with norms, pools, joins and depthwise filters too', async () => {
    const backbone = convBackbone();
    expect(openTrunk(backbone, 4).cut.stride).toBe(4);
    for (const [tap, difference] of Object.entries(await compareTrunk(backbone, 4)))
      expect(difference, tap).toBeLessThan(4e-3);
  });

  test('are the whole net when the picture itself is the only place to cut', async () => {
    const trunk = openTrunk(convBackbone(), 1);
    expect(trunk.cut).toMatchObject({
      tensor: 'image',
      stride: 1,
      channels: 3,
      extra: { height: 0, width: 0 },
    });
    for (const [tap, difference] of Object.entries(await compareTrunk(convBackbone(), 1)))
      expect(difference, tap).toBeLessThan(4e-3);
  });

  test('a net with an operation that cannot be trained is refused by the name of the operation', () => {
    expect(() => openTrunk(convBackbone({ last: 'HardSwish' }), 4)).toThrow(/HardSwish/);
    // Behind strides 4 and 8 there is none of it.
    expect(() => openTrunk(addedBackbone('GoogLeNet', written(googLeNet(narrow))), 1)).toThrow(/LRN/);
  });
});

const narrow = { width: 1 / 8, classes: 10 };
const shared = sharedDataDir();
const halfFloats = path.join(shared ?? '', 'backbones', 'squeezenet-fp16-onnx', 'SqueezeNet_fp16.onnx');
const written = ({ net, output }: Classifier): Uint8Array => net.toOnnx(output);
const classifiers: readonly (readonly [string, () => Uint8Array | Promise<Uint8Array>])[] = [
  ['VGG16', () => written(vgg16(narrow))],
  ['VGG16 with batch norm', () => written(vgg16({ ...narrow, norm: true }))],
  ['ResNet-50', () => written(resnet50(narrow))],
  // Wider: some of its branches have so few channels that ReLU would leave none alive.
  ['GoogLeNet', () => written(googLeNet({ ...narrow, width: 3 / 8 }))],
  ['Inception v3', () => written(inceptionV3(narrow))],
  ['SqueezeNet', () => written(squeezeNet(narrow))],
  ...(shared === undefined
    ? []
    : [['the SqueezeNet of half floats (../shared/data)', () => readFile(halfFloats)] as const]),
];

describe.each(classifiers)('the last blocks of %s', (title, read) => {
  test('behind stride 8 and 4 say what ONNX Runtime says, to 1e-4, and every weight of them learns', async () => {
    const backbone = addedBackbone(title, await read());
    for (const stride of [8, 4]) {
      const trunk = openTrunk(backbone, stride);
      const [start, ...expected] = await runExactly(backbone, [trunk.cut.tensor, ...trunk.taps]);
      const [frozen] = tapShapes(cutBackbone(backbone, trunk).taps, canvas) as [TapShape];
      const dims = [1, frozen.heightCells, frozen.widthCells, frozen.channels];
      expect(start?.dims).toEqual(dims);
      const input = tf.input({ shape: dims.slice(1) });
      const maps = connectTrunk(trunk, input);
      const outputs = trunk.taps.map((tap) => maps.get(tap) ?? input);
      const model = tf.model({ inputs: input, outputs });
      const x = tf.tensor(start?.data ?? [], dims);
      const apply = (training: boolean): Tensor[] => {
        const result = model.apply(x, { training }) as Tensor | Tensor[];
        return Array.isArray(result) ? result : [result];
      };
      tf.tidy(() => {
        for (const [i, output] of apply(false).entries()) {
          const { dims: shape, data } = expected[i] as { dims: number[]; data: Float32Array };
          expect(output.shape, `${trunk.taps[i]} behind ${stride}`).toEqual(shape);
          const got = output.dataSync();
          const most = data.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
          const worst = data.reduce((max, value, k) => Math.max(max, Math.abs(value - (got[k] ?? 0))), 0);
          expect(worst / most, `${trunk.taps[i]} behind ${stride}`).toBeLessThan(1e-4);
        }
        const { grads } = tf.variableGrads(() => {
          const squares = apply(true).map((output) => output.square().mean());
          return squares.reduce((sum, square) => sum.add(square)).asScalar();
        });
        const sizes = Object.values(grads).map((grad) => grad.abs().max().dataSync()[0] as number);
        expect(sizes).toHaveLength(2 * trunk.steps.filter(({ kind }) => kind === 'conv').length);
        expect(sizes.every((size) => Number.isFinite(size) && size > 0)).toBe(true);
      });
      model.dispose();
      x.dispose();
    }
    const recipe = getRecipe('detector-fine');
    const { task, features } = prepareTask(recipe, {}, { backbone, canvas, classes: 2 });
    const fine = recipe.configure({ width: 8 }, task).build({ seed: 1, step: 0 });
    const [start] = tapShapes(features.taps, canvas) as [TapShape];
    expect(fine.inputs[0]?.shape).toEqual([null, start.heightCells, start.widthCells, start.channels]);
    expect(fine.outputs.map(({ shape }) => shape)).toEqual([
      [null, 8, 12, 6],
      [null, 4, 6, 6],
    ]);
    fine.dispose();
  });
});
