/** Where a model looks, on features written by hand: what gives the class is known, so is where the map must be hot. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { heatColor, renderHeat, sampleHeat } from '../../src/core/heatmap.ts';
import {
  type LayersModel,
  type SymbolicTensor,
  type Tensor,
  type Tensor4D,
  tf,
} from '../../src/engine/backends/tf.ts';
import { explain } from '../../src/engine/explain/explain.ts';
import { findVisibleCells, toHeatGrid } from '../../src/engine/explain/grid.ts';
import type { Explained } from '../../src/engine/explain/method.ts';
import { placeImage } from '../../src/engine/features/letterbox.ts';
import type { ConfiguredRecipe } from '../../src/engine/recipes/recipe.ts';

const canvas = { widthPx: 128, heightPx: 64 };
/** Square in an oblong canvas: a quarter of padding left and right, four columns of cells each. */
const image = { id: 'i', file: '', hash: 'h', widthPx: 640, heightPx: 640 };
const tap = { name: 's8', stride: 8, heightCells: 8, widthCells: 16, channels: 4 };
const classes = 2;
const columns = classes + 1;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Channel c speaks for class c; the last class is said when neither does. */
const kernel = [4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0];
const bias = [0, 0, 0.5];

/** `dense`: pooled features, then a dense layer. `map`: 1 × 1 convolution to a class map, then pooled. `centres`: two levels. */
function build(kind: 'dense' | 'map' | 'centres'): { model: LayersModel; recipe: ConfiguredRecipe } {
  const input = tf.input({ shape: [8, 16, 4] });
  const conv = (x: SymbolicTensor, filters: number, weights: number[], biases: number[]) => {
    const layer = tf.layers.conv2d({ filters, kernelSize: 1 });
    const y = layer.apply(x) as SymbolicTensor;
    layer.setWeights([tf.tensor(weights, [1, 1, 4, filters]), tf.tensor1d(biases)]);
    return y;
  };
  const pool = (x: SymbolicTensor) => tf.layers.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
  let outputs: SymbolicTensor[];
  if (kind === 'map') {
    const map = conv(input, columns, kernel, bias);
    outputs = [pool(map), map];
  } else if (kind === 'dense') {
    const layer = tf.layers.dense({ units: columns });
    outputs = [layer.apply(pool(input)) as SymbolicTensor];
    layer.setWeights([tf.tensor(kernel, [4, columns]), tf.tensor1d(bias)]);
  } else {
    const six = Array.from({ length: 24 }, (_, i) => (i === 0 || i === 7 ? 6 : 0));
    const coarse = tf.layers.averagePooling2d({ poolSize: 2 }).apply(input) as SymbolicTensor;
    outputs = [input, coarse].map((x) => conv(x, 6, six, [-4, -4, 0, 0, 0, 0]));
  }
  const level = { name: 's8', stride: 8, heightCells: 8, widthCells: 16, minSidePx: 0, maxSidePx: 99 };
  const unused = (): never => {
    throw new Error('not part of explaining');
  };
  const recipe: ConfiguredRecipe = {
    taps: ['s8'],
    planCopies: unused,
    planSchedule: unused,
    build: unused,
    makeTargets: unused,
    computeLosses: unused,
    outputMeanings:
      kind === 'centres' ? [0, 1].map(() => ({ kind: 'centre-map', level })) : [{ kind: 'class-logits' }],
    ...(kind === 'map' && { classMaps: (all: readonly Tensor[]) => all[1] as Tensor4D }),
    decode: ([logits]) => {
      if (kind === 'centres') return [];
      const values = tf.tidy(() => tf.softmax(logits as Tensor).dataSync());
      return Array.from({ length: (logits as Tensor).shape[0] ?? 0 }, (_, i) => ({
        detections: [],
        imageProbabilities: [...values.subarray(i * columns, (i + 1) * columns)],
      }));
    },
  };
  return { model: tf.model({ inputs: input, outputs }), recipe };
}

/** Features that light channel 0 at row 2, columns 5–6, channel 1 at row 6, column 10, and one channel in all of the padding. */
function draw(paddingChannel: number): Float32Array {
  const map = new Float32Array(8 * 16 * 4);
  const light = (row: number, column: number, channel: number, value: number): void => {
    map[(row * 16 + column) * 4 + channel] = value;
  };
  for (let row = 0; row < 8; row++)
    for (const column of [0, 1, 2, 3, 12, 13, 14, 15]) light(row, column, paddingChannel, 9);
  light(2, 5, 0, 8);
  light(2, 6, 0, 8);
  light(6, 10, 1, 8);
  return map;
}

function explained(kind: 'dense' | 'map' | 'centres', features = draw(0)): Explained {
  const task = { classes, canvas, taps: [tap] };
  const placement = placeImage(image, canvas);
  return { ...build(kind), task, image, placement, maps: new Map([['s8', features]]) };
}

/** The strongest cell of a map as [row, column]. */
const hottest = (map: Float32Array | undefined, width: number): [number, number] => {
  const at = map?.indexOf(Math.max(...map)) ?? -1;
  return [Math.floor(at / width), at % width];
};

describe('a map of where a model looks', () => {
  it.each([
    ['map', 'cam'],
    ['dense', 'gradient'],
    ['map', 'gradient'],
    ['dense', 'occlusion'],
    ['centres', 'cam'],
  ] as const)(
    'of a net with %s is hot by %s where the features give the class, for each class its own place',
    async (kind, method) => {
      // Where the padding speaks for a class it must not show; pooled, it would drown what hiding a few cells costs.
      const subject = explained(kind, draw(method === 'occlusion' ? 2 : 0));
      const before = tf.memory().numTensors;
      const { grid, maps, method: taken } = await explain(subject, method);
      expect(taken).toBe(method);
      expect([grid.rows, grid.columns]).toEqual([8, 8]);
      // In cells of the photograph, the padding's four columns left out.
      expect(hottest(maps[0], 8)[0]).toBeGreaterThanOrEqual(2);
      expect(hottest(maps[0], 8)[0]).toBeLessThanOrEqual(3);
      expect([1, 2]).toContain(hottest(maps[0], 8)[1]);
      const [row, column] = hottest(maps[1], 8);
      expect(Math.abs(row - 6) + Math.abs(column - 6)).toBeLessThanOrEqual(1);
      for (const map of maps) {
        expect(map).toHaveLength(64);
        expect(Math.min(...map)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...map)).toBeLessThanOrEqual(1);
      }
      expect(tf.memory().numTensors).toBe(before);
      subject.model.dispose();
    },
  );

  it('says of a centre map the surer of its levels, as the probability it stands for', async () => {
    const { maps, scores } = await explain(explained('centres'), 'auto');
    expect(maps).toHaveLength(classes + 1);
    expect(maps[0]?.[2 * 8 + 1]).toBeCloseTo(1 / (1 + Math.exp(4 - 48)), 6);
    expect(maps[0]?.[7 * 8 + 7]).toBeCloseTo(1 / (1 + Math.exp(4)), 6);
    // "Nothing here" is what the surest class leaves, there and of the whole photograph.
    const at = 2 * 8 + 1;
    expect(maps[classes]?.[at]).toBeCloseTo(
      1 - Math.max(...maps.slice(0, classes).map((map) => map[at] ?? 0)),
      6,
    );
    expect(scores.at(-1)).toBeCloseTo(1 - Math.max(0, ...scores.slice(0, -1)), 6);
  });

  it('is as strong, followed back, as the model is sure: a class it does not see stays dark', async () => {
    const { maps, scores } = await explain(explained('dense'), 'gradient');
    maps.forEach((map, c) => {
      expect(Math.max(...map)).toBeCloseTo(Math.min(1, scores[c] ?? 0), 6);
    });
    const nothing = await explain(explained('dense', new Float32Array(8 * 16 * 4)), 'gradient');
    expect(nothing.maps.every((map) => map.every((value) => value === 0))).toBe(true);
  });

  it('tells, by hiding, how far the probability falls', async () => {
    const features = new Float32Array(8 * 16 * 4);
    for (const [row, column] of [
      [4, 8],
      [4, 9],
      [5, 8],
      [5, 9],
    ] as const)
      features[(row * 16 + column) * 4] = 40;
    const { maps, scores } = await explain(explained('dense', features), 'occlusion');
    expect(scores[0]).toBeGreaterThan(0.8);
    expect(maps[0]?.[4 * 8 + 4]).toBeGreaterThan(0.05);
    expect(maps[0]?.[0]).toBe(0);
    expect(Math.max(...(maps[2] ?? []))).toBeLessThan(Math.max(...(maps[0] ?? [])) / 5);
  });

  it('finds the place by hiding for a recipe of frames too, which could not be followed back', async () => {
    const subject = explained('dense', draw(2));
    const frames = {
      count: 3,
      pooling: 'average' as const,
      cutClips: () => [],
      pool: (map: Float32Array) =>
        Float32Array.from(
          { length: 4 },
          (_, c) => map.reduce((sum, v, i) => sum + (i % 4 === c ? v : 0), 0) / 128,
        ),
    };
    const input = tf.input({ shape: [3, 1, 4] });
    const pooled = tf.layers.globalAveragePooling2d({}).apply(input) as SymbolicTensor;
    const layer = tf.layers.dense({ units: columns });
    const model = tf.model({ inputs: input, outputs: layer.apply(pooled) as SymbolicTensor });
    layer.setWeights([tf.tensor(kernel, [4, columns]), tf.tensor1d(bias)]);
    const clip = { ...subject, model, recipe: { ...subject.recipe, frames } };
    const still = await explain(clip, 'auto');
    expect(still.method).toBe('occlusion');
    const whole = await explain(subject, 'occlusion');
    still.maps.forEach((map, c) => {
      map.forEach((value, cell) => {
        expect(value).toBeCloseTo(whole.maps[c]?.[cell] ?? Number.NaN, 5);
      });
    });
  });

  it('stops on a cancel, and says what a recipe lacks for a method', async () => {
    const signal = AbortSignal.abort();
    await expect(explain(explained('dense'), 'occlusion', { signal })).rejects.toMatchObject({
      code: 'job/cancelled',
    });
    await expect(explain(explained('dense'), 'cam')).rejects.toMatchObject({
      code: 'explain/does-not-fit',
      details: { fitting: ['gradient', 'occlusion'] },
    });
  });
});

const side = fc.integer({ min: 1, max: 4000 });

describe('the cells of a photograph', () => {
  it('are those whose middle is not padding, whatever its shape', () => {
    fc.assert(
      fc.property(side, side, fc.constantFrom(8, 16, 32), (widthPx, heightPx, stride) => {
        const placement = placeImage({ widthPx, heightPx }, { widthPx: 256, heightPx: 192 });
        const shape = { heightCells: 192 / stride, widthCells: 256 / stride };
        const window = findVisibleCells(placement, shape);
        expect(window.rows).toBeGreaterThan(0);
        expect(window.columns).toBeGreaterThan(0);
        expect(window.row + window.rows).toBeLessThanOrEqual(shape.heightCells);
        expect(window.column + window.columns).toBeLessThanOrEqual(shape.widthCells);
        const grid = toHeatGrid(placement, shape, window);
        for (const [row, column] of [
          [0, 0],
          [window.rows - 1, window.columns - 1],
        ] as const) {
          const x = grid.xPx + (column + 0.5) * grid.cellWidthPx;
          const y = grid.yPx + (row + 0.5) * grid.cellHeightPx;
          // A photograph thinner than a cell has one whose middle lies beside it.
          if (window.columns > 1) expect(x).toBeGreaterThanOrEqual(-1e-6);
          if (window.columns > 1) expect(x).toBeLessThanOrEqual(widthPx + 1e-6);
          if (window.rows > 1) expect(y).toBeGreaterThanOrEqual(-1e-6);
          if (window.rows > 1) expect(y).toBeLessThanOrEqual(heightPx + 1e-6);
        }
      }),
    );
  });
});

describe('a heat map as a picture', () => {
  const grid = { rows: 2, columns: 2, xPx: 0, yPx: 0, cellWidthPx: 50, cellHeightPx: 50 };

  it('has one colour for one value on every photograph', () => {
    const picture = (values: number[]) =>
      renderHeat({
        grid,
        values,
        image: { widthPx: 100, heightPx: 100 },
        widthPx: 2,
        heightPx: 2,
        style: 'cells',
      });
    const [red, green, blue, opacity] = heatColor(0.5);
    for (const others of [0, 0.1, 1]) {
      const pixels = picture([0.5, others, others, others]);
      expect([...pixels.subarray(0, 4)]).toEqual([red, green, blue, Math.round(opacity * 255)]);
    }
    expect(heatColor(0)[3]).toBe(0);
    expect(heatColor(Number.NaN)).toEqual(heatColor(0));
    expect(heatColor(7)).toEqual(heatColor(1));
  });

  it('is interpolated between the middles of cells, and even within them', () => {
    const values = [0, 1, 0, 1];
    expect(sampleHeat(grid, values, { x: 50, y: 30 }, 'smooth')).toBeCloseTo(0.5, 12);
    expect(sampleHeat(grid, values, { x: 25, y: 25 }, 'smooth')).toBe(0);
    expect(sampleHeat(grid, values, { x: 75, y: 99 }, 'smooth')).toBe(1);
    expect(sampleHeat(grid, values, { x: 49, y: 30 }, 'cells')).toBe(0);
    expect(sampleHeat(grid, values, { x: 51, y: 30 }, 'cells')).toBe(1);
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        (x, y) => {
          const value = sampleHeat(grid, [0.2, 0.4, 0.6, 0.8], { x, y }, 'smooth');
          expect(value).toBeGreaterThanOrEqual(0.2 - 1e-9);
          expect(value).toBeLessThanOrEqual(0.8 + 1e-9);
        },
      ),
    );
  });

  it('is refused with a size or a grid that cannot be', () => {
    const image = { widthPx: 10, heightPx: 10 };
    const values = [0, 0, 0, 0];
    expect(() => renderHeat({ grid, values, image, widthPx: 0, heightPx: 2, style: 'cells' })).toThrow(
      RangeError,
    );
    expect(() => renderHeat({ grid, values: [1], image, widthPx: 2, heightPx: 2, style: 'cells' })).toThrow(
      RangeError,
    );
  });
});
