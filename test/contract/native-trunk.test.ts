/** A trunk in one piece on native TensorFlow says and learns what its layers do, in either number format, and leaves nothing behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import type { Trunk } from '../../src/engine/backbones/trunk.ts';
import type { ConvStep, Pads } from '../../src/engine/backbones/trunk-steps.ts';
import { getNativeBackend } from '../../src/engine/backends/native-binding.ts';
import { hasHalfProducts, type Precision, withPrecision } from '../../src/engine/backends/native-half.ts';
import {
  type LayersModel,
  type Scalar,
  type Tensor,
  type Tensor4D,
  tf,
} from '../../src/engine/backends/tf.ts';
import { applyNativeTrunk, canRunNatively } from '../../src/engine/parts/native-trunk.ts';
import { connectTrunk, nameTrunkLayer } from '../../src/engine/parts/trunk-layers.ts';
import { listAvailableBackends } from '../helpers/backends.ts';

const native = listAvailableBackends().find(({ id }) => id === 'native');
const random = createRandom(5);

function conv(
  output: string,
  input: string,
  [size, from, to]: readonly [number, number, number],
  stride: 1 | 2 = 1,
): ConvStep {
  const reach = (size - 1) / 2;
  const length = size * size * from * to;
  return {
    kind: 'conv',
    depthwise: false,
    output,
    inputs: [input],
    kernelShape: [size, size, from, to],
    kernel: Float32Array.from({ length }, () => random.range(-1, 1) / Math.sqrt(size * size * from)),
    bias: Float32Array.from({ length: to }, () => random.range(-0.2, 0.2)),
    strides: [stride, stride],
    pads: [reach, reach, reach, reach] as Pads,
  };
}

/** All that a trunk may hold: windows of one and of nine cells, one that steps by two behind noughts, a tensor that is read twice, a way up again. */
const trunk: Trunk = {
  cut: { tensor: 'cut', stride: 8, channels: 16, extra: { height: 0, width: 0 }, isPositive: true },
  steps: [
    conv('down', 'cut', [3, 16, 24], 2),
    { kind: 'relu', max: null, output: 'down-on', inputs: ['down'] },
    conv('same-size', 'down-on', [3, 24, 24]),
    { kind: 'add', output: 'joined', inputs: ['down-on', 'same-size'] },
    { kind: 'relu', max: null, output: 'joined-on', inputs: ['joined'] },
    conv('further', 'joined-on', [3, 24, 16], 2),
    conv('back', 'joined-on', [1, 24, 16]),
    { kind: 'double', output: 'up', inputs: ['back'] },
    { kind: 'add', output: 'fine-sum', inputs: ['cut', 'up'] },
    { kind: 'relu', max: null, output: 'fine-on', inputs: ['fine-sum'] },
    { kind: 'same', output: 's8', inputs: ['fine-on'] },
    { kind: 'same', output: 's16', inputs: ['joined-on'] },
    { kind: 'same', output: 's32', inputs: ['further'] },
  ],
  taps: ['s8', 's16', 's32'],
  weights: 0,
};

describe.skipIf(native === undefined)('a trunk on native TensorFlow', () => {
  let model: LayersModel;
  let features: Tensor4D;

  beforeAll(async () => {
    await native?.start();
    const input = tf.input({ shape: [8, 12, 16] });
    const maps = connectTrunk(trunk, input);
    model = tf.model({ inputs: input, outputs: trunk.taps.map((tap) => maps.get(tap) ?? input) });
    features = tf.relu(tf.randomNormal([3, 8, 12, 16], 0, 1, 'float32', 7)) as Tensor4D;
  });
  afterAll(() => {
    model?.dispose();
    features?.dispose();
    tf.disposeVariables();
  });

  const inOnePiece = (): Tensor[] =>
    applyNativeTrunk(trunk, features, (output) => {
      const [kernel, bias] = model.getLayer(nameTrunkLayer(output)).weights.map((weight) => weight.read());
      return { kernel: kernel as Tensor, bias: bias as Tensor };
    });
  const asLayers = (): Tensor[] => model.apply(features, { training: true }) as Tensor[];

  /** What the taps hold, and the gradients of a sum that weighs each of their numbers otherwise. */
  function learn(run: () => Tensor[], precision: Precision): Map<string, Float32Array> {
    const found = new Map<string, Float32Array>();
    tf.tidy(() => {
      const { grads } = withPrecision(precision, () =>
        tf.variableGrads(() => {
          const taps = run();
          taps.forEach((tap, i) => {
            found.set(trunk.taps[i] as string, Float32Array.from(tap.dataSync()));
          });
          const parts = taps.map((tap, i) =>
            tap.mul(tf.randomNormal(tap.shape, 0, 1, 'float32', 20 + i)).sum(),
          );
          return tf.addN(parts) as Scalar;
        }),
      );
      for (const [name, gradient] of Object.entries(grads))
        found.set(name, Float32Array.from(gradient.dataSync()));
    });
    return found;
  }

  const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));

  /** The difference of the entry that differs most, as a share of it, by their root mean squares. */
  function compare(
    found: ReadonlyMap<string, Float32Array>,
    wanted: ReadonlyMap<string, Float32Array>,
  ): number {
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    const shares = [...wanted].map(([name, values]) => {
      const own = found.get(name) as Float32Array;
      return norm(values.map((x, i) => x - (own[i] as number))) / norm(values);
    });
    return Math.max(...shares);
  }

  it('gives the taps and the gradients of its layers', () => {
    expect(canRunNatively(trunk)).toBe(true);
    const found = learn(inOnePiece, 'float32');
    expect(found.size).toBe(3 + 2 * 4);
    expect(compare(found, learn(asLayers, 'float32'))).toBeLessThan(1e-4);
  });

  it.skipIf(!hasHalfProducts())('gives them in bfloat16 but for what rounding takes', () => {
    const share = compare(learn(inOnePiece, 'bfloat16'), learn(asLayers, 'float32'));
    expect(share).toBeGreaterThan(1e-5);
    // Rounding also moves a few numbers over a ReLU's edge, so the gradients of so small a net differ by some per cent.
    expect(share).toBeLessThan(0.1);
  });

  it('leaves nothing behind, however often it runs, also where nobody asked for gradients', () => {
    const held = (): number[] => [
      tf.memory().numTensors,
      getNativeBackend().binding.getNumOfTensors?.() ?? 0,
    ];
    const precision = hasHalfProducts() ? 'bfloat16' : 'float32';
    learn(inOnePiece, precision);
    const before = held();
    for (let i = 0; i < 3; i++) {
      learn(inOnePiece, precision);
      tf.dispose(inOnePiece());
      learn(inOnePiece, precision);
    }
    expect(held()).toEqual(before);
  });

  it('leaves trunks with other layers to those', () => {
    const odd: Trunk = {
      ...trunk,
      steps: [...trunk.steps, { kind: 'relu', max: 6, output: 'six', inputs: ['s32'] }],
    };
    expect(canRunNatively(odd)).toBe(false);
  });
});
