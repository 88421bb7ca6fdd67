/** The parts of the recipes that judge whole photographs: normalisation, image sizes, targets, shapes. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { BatchNorm } from '../../src/engine/parts/batch-norm.layer.ts';
import { findLargest, makeClassTargets } from '../../src/engine/parts/image-class.ts';
import { connectSizeOneHot, setKnownSizes, writeSizeInput } from '../../src/engine/parts/image-size.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';

beforeAll(async () => {
  // Plain JavaScript: exact enough for differences.
  await tf.setBackend('cpu');
});

function draw(shape: number[], seed: number, mean = 0, spread = 1): Tensor {
  const random = createRandom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => mean + spread * random.gaussian()),
    shape,
  );
}

function createNorm(channels: number, step: number) {
  const random = { seed: 1, step };
  const layer = new BatchNorm({ name: `norm-${step}-${channels}`, random });
  layer.build([null, channels]);
  return { layer, random };
}

describe('batch normalisation', () => {
  test('brings every channel of a batch to mean 0 and variance 1, in maps and in vectors', () => {
    for (const shape of [
      [64, 3],
      [8, 4, 4, 3],
    ]) {
      const { layer } = createNorm(3, 0);
      const y = layer.apply(draw(shape, 5, 7, 3), { training: true }) as Tensor;
      const { mean, variance } = tf.moments(y, y.shape.map((_, i) => i).slice(0, -1));
      for (const value of mean.dataSync()) expect(value).toBeCloseTo(0, 4);
      for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 2);
    }
  });

  test('judges like it trained after a few steps: its running statistics settle at once', () => {
    const { layer, random } = createNorm(2, 0);
    const batches = Array.from({ length: 12 }, (_, i) => draw([16, 2], 20 + i, -3, 5));
    for (const batch of batches) {
      layer.apply(batch, { training: true });
      random.step++;
    }
    const judged = layer.apply(tf.concat(batches), { training: false }) as Tensor;
    const { mean, variance } = tf.moments(judged, 0);
    for (const value of mean.dataSync()) expect(Math.abs(value)).toBeLessThan(0.15);
    for (const value of variance.dataSync()) expect(Math.abs(value - 1)).toBeLessThan(0.25);
  });

  test('tells a photograph apart from its batch once the statistics are trusted: four of a kind stay four of a kind', () => {
    const { layer, random } = createNorm(1, 0);
    for (let i = 0; i < 40; i++) {
      layer.apply(draw([16, 1], 100 + i), { training: true });
      random.step++;
    }
    // Plain batch statistics would make these zeros.
    const alike = layer.apply(tf.fill([4, 1], 2), { training: true }) as Tensor;
    for (const value of alike.dataSync()) expect(value).toBeGreaterThan(1.2);
  });

  test.each([0, 200])('has the gradient its own differences have, at step %i', (step) => {
    const { layer } = createNorm(3, step);
    const weights = (): Tensor[] => layer.getWeights();
    tf.tidy(() =>
      layer.setWeights([
        draw([3], 31, 1, 0.3),
        draw([3], 32),
        draw([3], 33, 0, 0.2),
        tf.tensor1d([0.8, 1, 1.4]),
      ]),
    );
    const start = weights().map((weight) => weight.dataSync().slice());
    const toward = draw([6, 3], 34);
    // The correction towards the running statistics is taken as given: it must not move while x is nudged.
    const forward = (x: Tensor): Tensor => {
      tf.tidy(() => layer.setWeights(start.map((data) => tf.tensor1d(data))));
      return tf.sum((layer.apply(x, { training: true }) as Tensor).mul(toward));
    };
    const at = draw([6, 3], 35, 0.5, 2);
    const analytic = tf.grad(forward)(at).dataSync();
    // Without correction (step 0) the differences are the gradient; with it, it is the plain one times the stretch.
    const plain = createNorm(3, 0).layer;
    const gaps = Array.from(analytic, (value, i) => {
      const nudge = (by: number): number => {
        const copy = at.dataSync().slice();
        copy[i] = (copy[i] as number) + by;
        return tf.tidy(() => {
          plain.setWeights(start.map((data) => tf.tensor1d(data)));
          const y = plain.apply(tf.tensor(copy, at.shape), { training: true }) as Tensor;
          return tf.sum(y.mul(toward)).dataSync()[0] as number;
        });
      };
      return { value, numeric: (nudge(5e-3) - nudge(-5e-3)) / 1e-2, channel: i % 3 };
    });
    for (const channel of [0, 1, 2]) {
      const own = gaps.filter((gap) => gap.channel === channel);
      const size = Math.max(...own.map(({ numeric }) => Math.abs(numeric)));
      const steepest = own.find(({ numeric }) => Math.abs(numeric) === size);
      const stretch = step === 0 ? 1 : (steepest?.value ?? 0) / (steepest?.numeric ?? 1);
      if (step > 0) expect(stretch).toBeGreaterThan(1.05);
      for (const { value, numeric } of own)
        expect(Math.abs(value - stretch * numeric)).toBeLessThan(0.03 * size * stretch + 1e-3);
    }
  });
});

describe('the size of a photograph as an input', () => {
  test('is one-hot for the sizes training knew, commonest first, and zeros for any other', () => {
    const { raw, oneHot } = connectSizeOneHot(3);
    const model = tf.model({ inputs: raw, outputs: oneHot });
    const known = [
      { widthPx: 1280, heightPx: 720, images: 9 },
      { widthPx: 4001, heightPx: 3000, images: 5 },
    ];
    setKnownSizes(model, known);
    const ask = (widthPx: number, heightPx: number): number[] => {
      const { data, shape } = writeSizeInput([{ widthPx, heightPx }]);
      return tf.tidy(() => Array.from((model.predict(tf.tensor(data, [...shape])) as Tensor).dataSync()));
    };
    expect(ask(1280, 720)).toEqual([1, 0, 0]);
    expect(ask(4001, 3000)).toEqual([0, 1, 0]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 30_000 }), (w, h) => {
        const at = known.findIndex(({ widthPx, heightPx }) => widthPx === w && heightPx === h);
        expect(ask(w, h)).toEqual([0, 1, 2].map((i) => (i === at ? 1 : 0)));
      }),
      {
        numRuns: 30,
        examples: [
          [1281, 720],
          [720, 1280],
          [4000, 3000],
          [4001, 3001],
        ],
      },
    );
    model.dispose();
  });

  test('has small digits, that a GPU of eleven bits keeps exact', () => {
    const { data } = writeSizeInput([{ widthPx: 30_001, heightPx: 65_535 }]);
    expect(Math.max(...data)).toBeLessThan(2048);
    expect((data[0] as number) * 64 + (data[1] as number)).toBe(30_001);
  });
});

describe('the class of a photograph', () => {
  const box = (side: number, classIndex: number) => ({ x: 0, y: 0, w: side, h: side, classIndex });
  const visible = { x: 0, y: 0, w: 100, h: 100 };

  test('is that of its largest box, "nothing here" without one, and unclear when a copy cut all fish off', () => {
    const samples = [
      { boxes: [box(5, 0), box(9, 1)], ignored: [], visible },
      { boxes: [], ignored: [], visible },
      { boxes: [], ignored: [box(3, 0)], visible },
    ];
    const targets = makeClassTargets(0, 2, samples, { imagesPerClass: [1, 1, 1] });
    expect(Array.from(targets.class?.data ?? [])).toEqual([0, 1, 0, 0, 0, 1, 0, 0, 1]);
    expect(Array.from(targets.weight?.data ?? [])).toEqual([1, 1, 0]);
    expect(findLargest([])).toBeUndefined();
  });

  test('weighs more when it is rare, nothing included', () => {
    const samples = [0, 1].map((c) => ({ boxes: [box(5, c)], ignored: [], visible }));
    const empty = { boxes: [], ignored: [], visible };
    const { weight } = makeClassTargets(0.5, 2, [...samples, empty], { imagesPerClass: [80, 5, 15] });
    const [common = 0, rare = 0, nothing = 0] = weight?.data ?? [];
    expect(rare).toBeGreaterThan(nothing);
    expect(nothing).toBeGreaterThan(common);
  });
});

describe('the fully convolutional nets', () => {
  const facts = { classes: 2, canvas: { widthPx: 640, heightPx: 384 } };
  const tap = { name: 's16', stride: 16, channels: 4 };
  const mapOf = (id: string, widthPx: number, heightPx: number): (number | null)[] => {
    const taps = [{ ...tap, heightCells: heightPx / 16, widthCells: widthPx / 16 }];
    const configured = getRecipe(id).configure(
      { width: 8 },
      { ...facts, canvas: { widthPx, heightPx }, taps },
    );
    const model = configured.build({ seed: 1, step: 0 });
    const shape = model.getLayer('class-map').outputShape as (number | null)[];
    model.dispose();
    return shape.slice(1, 3);
  };

  test('pool as the lesson does on its canvas, and never away the last cell of another', () => {
    expect(mapOf('fcn-gap', 640, 352)).toEqual([6, 5]);
    expect(mapOf('fcn-gap', 384, 640)).toEqual([5, 6]);
    expect(mapOf('fcn-gmp', 512, 512)).toEqual([4, 4]);
    expect(mapOf('fcn-gap', 32, 32)).toEqual([1, 1]);
    expect(mapOf('fcn-fine', 640, 352)).toEqual([22, 40]);
  });
});
