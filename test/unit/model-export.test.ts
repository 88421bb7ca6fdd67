/** Layers that can be written as ONNX say there what they say in tfjs; those that cannot are refused by name. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ELEMENT, writeOnnx } from '../../src/engine/backbones/onnx-writer.ts';
import { onnxRuntime } from '../../src/engine/backbones/session.ts';
import { type SymbolicTensor, type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { exportModel } from '../../src/engine/model-export/export-model.ts';
import { HeadGraph } from '../../src/engine/model-export/head-graph.ts';
import { translateModel } from '../../src/engine/model-export/translate-model.ts';
import type { OpenedModel } from '../../src/engine/train/load-model.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Build = (x: SymbolicTensor) => unknown;
const l = tf.layers;
const [height, width, channels] = [5, 7, 4];

/** Every weight drawn anew: many start at 0 or 1, where a mistake does not show. */
function shake(model: ReturnType<typeof tf.model>): void {
  tf.tidy(() => {
    model.weights.forEach((weight, i) => {
      weight.write(tf.randomUniform(weight.read().shape, 0.1, 0.9, 'float32', 20 + i));
    });
  });
}

/** The net `build` makes of a map, in tfjs and in ONNX Runtime on the same noise. */
async function compare(build: Build): Promise<{ wanted: number[]; found: number[]; shapes: number[][] }> {
  const input = tf.input({ shape: [height, width, channels] });
  const model = tf.model({ inputs: input, outputs: build(input) as SymbolicTensor });
  shake(model);
  const graph = new HeadGraph();
  const x = { name: 'x', shape: [null, height, width, channels], layout: 'NHWC' } as const;
  const [y] = translateModel(model, [x], graph);
  if (y === undefined) throw new Error('no output');
  graph.node('Identity', [graph.channelsLast(y).name], {}, 'y');
  const bytes = writeOnnx(
    {
      name: 'test',
      inputs: [{ name: 'x', type: ELEMENT.float, shape: ['n', height, width, channels] }],
      outputs: [{ name: 'y', type: ELEMENT.float, shape: y.shape.map((size, i) => size ?? `d${i}`) }],
      nodes: graph.nodes,
      constants: graph.constants,
    },
    13,
  );
  const noise = tf.randomUniform([2, height, width, channels], -2, 2, 'float32', 9);
  const result = model.predict(noise) as Tensor;
  const ort = onnxRuntime();
  const session = await ort.InferenceSession.create(bytes);
  const values = Float32Array.from(noise.dataSync());
  const { y: out } = await session.run({ x: new ort.Tensor('float32', values, noise.shape) });
  await session.release();
  const answer = {
    wanted: Array.from(result.dataSync()),
    found: Array.from(out?.data as Float32Array),
    shapes: [result.shape, [...(out?.dims ?? [])]],
  };
  tf.dispose([noise, result]);
  model.dispose();
  return answer;
}

const nets: Readonly<Record<string, Build>> = {
  'a convolution with stride, padding and an odd window': (x) =>
    l.conv2d({ filters: 3, kernelSize: [3, 2], strides: 2, padding: 'same', activation: 'elu' }).apply(x),
  'a convolution with holes, without padding or bias': (x) =>
    l.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, useBias: false, activation: 'relu6' }).apply(x),
  'a convolution of each channel by itself': (x) =>
    l.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'tanh' }).apply(x),
  'pooling by mean over the edge': (x) =>
    l.averagePooling2d({ poolSize: [3, 2], strides: [2, 2], padding: 'same' }).apply(x),
  'pooling by maximum, cut at the edge': (x) => l.maxPooling2d({ poolSize: 2, padding: 'valid' }).apply(x),
  'padding, then repetition': (x) =>
    l.upSampling2d({ size: [3, 2] }).apply(
      l
        .zeroPadding2d({
          padding: [
            [1, 2],
            [0, 3],
          ],
        })
        .apply(x) as SymbolicTensor,
    ),
  'flattening and a dense softmax': (x) =>
    l.dense({ units: 5, activation: 'softmax' }).apply(l.flatten().apply(x) as SymbolicTensor),
  'a dense layer on each cell, then batch normalisation': (x) =>
    l.batchNormalization().apply(l.dense({ units: 3, activation: 'sigmoid' }).apply(x) as SymbolicTensor),
  'layer normalisation without its own scale': (x) =>
    l.layerNormalization({ scale: false, center: false, epsilon: 0.1 }).apply(x),
  'rows joined to rows, channels to channels': (x) => {
    const small = l.conv2d({ filters: channels, kernelSize: 1 }).apply(x) as SymbolicTensor;
    const rows = l.concatenate({ axis: 1 }).apply([x, small]);
    return l.concatenate().apply([rows as SymbolicTensor, rows as SymbolicTensor]);
  },
  'sums, products, means and maxima of maps that lie differently': (x) => {
    const conv = l.conv2d({ filters: channels, kernelSize: 1 }).apply(x) as SymbolicTensor;
    const parts = [l.add(), l.multiply(), l.average(), l.maximum(), l.minimum()].map(
      (layer) => layer.apply([x, conv]) as SymbolicTensor,
    );
    return l.concatenate().apply(parts);
  },
  'other activations, over channels that lie first': (x) => {
    let y = l.conv2d({ filters: channels, kernelSize: 1 }).apply(x) as SymbolicTensor;
    const chain = [l.leakyReLU({ alpha: 0.2 }), l.elu(), l.reLU({ maxValue: 1.5 }), l.softmax({ axis: -1 })];
    for (const layer of [...chain, l.activation({ activation: 'swish' })])
      y = layer.apply(y) as SymbolicTensor;
    return y;
  },
  'another shape of the same numbers, pooled over all': (x) =>
    l
      .globalMaxPooling2d({})
      .apply(l.reshape({ targetShape: [width, height, channels] }).apply(x) as SymbolicTensor),
  'a simple recurrence over rows, its state never below nought': (x) =>
    l.simpleRNN({ units: 3, activation: 'relu' }).apply(toRow(x)),
  'a recurrence with a tanh': (x) => l.simpleRNN({ units: 5, useBias: false }).apply(toRow(x)),
  'a gated recurrence': (x) => l.gru({ units: 5, recurrentActivation: 'sigmoid' }).apply(toRow(x)),
  'a recurrence with a memory': (x) => l.lstm({ units: 5, recurrentActivation: 'sigmoid' }).apply(toRow(x)),
};

/** The rows of the map as steps, shrunk, so that gates are neither open nor shut. */
function toRow(x: SymbolicTensor): SymbolicTensor {
  const row = l.reshape({ targetShape: [height, width * channels] }).apply(x) as SymbolicTensor;
  return l.dense({ units: 4, activation: 'softsign' }).apply(row) as SymbolicTensor;
}

describe('a net written as ONNX', () => {
  test.each(Object.entries(nets))('of %s says what tfjs says', async (_, build) => {
    const { wanted, found, shapes } = await compare(build);
    expect(shapes[1]).toEqual(shapes[0]);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(wanted[i] as number, 4);
    expect(new Set(wanted.map((value) => value.toFixed(3))).size).toBeGreaterThan(4);
  });

  test.each<[string, Build, RegExp]>([
    [
      'a kind of layer',
      (x) => l.separableConv2d({ name: 'parted', filters: 2, kernelSize: 1 }).apply(x),
      /"parted" \(SeparableConv2D\)/,
    ],
    [
      'an activation',
      (x) => l.dense({ name: 'mine', units: 2, activation: 'hardSigmoid' }).apply(x),
      /"mine".*activation/,
    ],
    [
      'a recurrence that gives every step',
      (x) =>
        l
          .gru({ name: 'row', units: 2, recurrentActivation: 'sigmoid', returnSequences: true })
          .apply(toRow(x)),
      /"row".*return_sequences/,
    ],
    [
      'gates of another kind',
      (x) => l.lstm({ name: 'hard', units: 2 }).apply(toRow(x)),
      /"hard".*recurrent_activation/,
    ],
    [
      'an interpolation',
      (x) => l.upSampling2d({ name: 'up', interpolation: 'bilinear' }).apply(x),
      /"up".*bilinear/,
    ],
    ['an axis', (x) => l.batchNormalization({ name: 'rows', axis: 1 }).apply(x), /"rows".*axis is 1/],
  ])('is refused by name for %s it cannot say', async (_, build, message) => {
    await expect(compare(build)).rejects.toMatchObject({
      code: 'export-model/layer',
      message: expect.stringMatching(message) as string,
    });
  });

  test('is not joined to a backbone of an age in which its operations mean something else', () => {
    const old = writeOnnx({ name: 'old', inputs: [], outputs: [], nodes: [], constants: [] }, 9);
    const opened = {
      model: { inputNames: [] },
      recipe: { taps: [] },
      features: { ...convBackbone(), bytes: old },
    };
    expect(() => exportModel(opened as unknown as OpenedModel<ReturnType<typeof convBackbone>>)).toThrow(
      /version 9 of ONNX/,
    );
  });
});
