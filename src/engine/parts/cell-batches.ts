/**
 * Learning from chosen cells instead of whole maps: all cells near fish and a few of the rest, each with its 3 × 3 surroundings. A step
 * then costs a tenth and mixes many photographs; what is left out is made up for by weights, so that the mean gradient stays the same.
 */
import type { Random } from '../../core/random.ts';
import type { TapShape } from '../features/feature-types.ts';
import type { CanvasSample, TargetArray } from '../recipes/recipe.ts';
import { type HeatLevel, makeLevelTargets } from './heat-targets.ts';

/** Feature maps of a batch of photographs, `[n, heightCells, widthCells, channels]`. */
export interface FeatureMaps {
  readonly tap: TapShape;
  readonly data: Float32Array;
}

/** How many cells of one photograph a step looks at. */
export interface CellShares {
  /** At most so many cells near fish. */
  readonly near: number;
  /** So many of the rest, drawn anew each visit. */
  readonly far: number;
}

/** A level's cells of a batch: `patches` `[m, 9 · channels]`, `around` `[m, channels]` of the coarser tap, targets `[m, 1, 1, …]`. */
export interface CellBatch {
  readonly patches: TargetArray;
  readonly around: TargetArray;
  readonly targets: Record<string, TargetArray>;
}

/** The same cells as places in maps that are still to be computed: rows of the padded own map `[9 · m]`, rows of the coarser one `[m]`. */
export interface CellPlaces {
  readonly patches: TargetArray;
  readonly around: TargetArray;
  readonly targets: Record<string, TargetArray>;
}

/** Below this a cell counts as background when cells are chosen. */
const NEAR_HEAT = 0.05;

interface Chosen {
  readonly image: number;
  readonly cell: number;
  readonly weight: number;
}

/** Chooses the cells of one level, cuts their surroundings, and keeps their targets under the level's own names. */
export function cutCells(
  level: HeatLevel,
  own: FeatureMaps,
  coarser: FeatureMaps,
  samples: readonly CanvasSample[],
  classes: number,
  shares: CellShares,
  random: Random,
): CellBatch {
  const { chosen, targets } = chooseAll(level, samples, classes, shares, random);
  return { patches: cutPatches(own, chosen), around: cutAround(own.tap, coarser, chosen), targets };
}

/** As {@link cutCells}, for maps that a trunk computes in the step itself: says where the cells will lie. */
export function placeCells(
  level: HeatLevel,
  own: TapShape,
  coarser: TapShape,
  samples: readonly CanvasSample[],
  classes: number,
  shares: CellShares,
  random: Random,
): CellPlaces {
  const { chosen, targets } = chooseAll(level, samples, classes, shares, random);
  const { heightCells, widthCells } = own;
  const patches = Float32Array.from(
    chosen.flatMap(({ image, cell }) => {
      const row = Math.floor(cell / widthCells);
      const column = cell % widthCells;
      // The map is padded by one cell all around.
      return NEIGHBOURS.map(
        ([dy, dx]) => (image * (heightCells + 2) + row + 1 + dy) * (widthCells + 2) + column + 1 + dx,
      );
    }),
  );
  const around = Float32Array.from(
    chosen,
    ({ image, cell }) => image * cellsOf(coarser) + coverOf(own, coarser, cell),
  );
  return {
    patches: { data: patches, shape: [patches.length] },
    around: { data: around, shape: [around.length] },
    targets,
  };
}

/** Row by row, as a filter of 3 × 3 lies. */
const NEIGHBOURS = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const));

const cellsOf = (tap: TapShape): number => tap.heightCells * tap.widthCells;

/** The cell of the coarser tap that covers a cell. */
function coverOf(own: TapShape, coarser: TapShape, cell: number): number {
  const y = Math.min(coarser.heightCells - 1, Math.floor(Math.floor(cell / own.widthCells) / 2));
  const x = Math.min(coarser.widthCells - 1, Math.floor((cell % own.widthCells) / 2));
  return y * coarser.widthCells + x;
}

function chooseAll(
  level: HeatLevel,
  samples: readonly CanvasSample[],
  classes: number,
  shares: CellShares,
  random: Random,
): { chosen: readonly Chosen[]; targets: Record<string, TargetArray> } {
  const whole = makeLevelTargets(level, samples, classes);
  const part = (name: string): Float32Array => (whole[`${level.name}/${name}`] as TargetArray).data;
  const heat = part('heat');
  const seen = part('seen');
  const chosen = samples.flatMap((_, image) =>
    chooseCells(level, image, classes, heat, seen, shares, random),
  );
  // A batch of nothing but padding still needs a cell; its weight is nothing.
  if (chosen.length === 0) chosen.push({ image: 0, cell: 0, weight: 0 });
  const pick = (name: string, channels: number, weighted: boolean): TargetArray => {
    const from = part(name);
    const cells = level.heightCells * level.widthCells;
    const data = new Float32Array(chosen.length * channels);
    chosen.forEach(({ image, cell, weight }, i) => {
      const at = (image * cells + cell) * channels;
      for (let c = 0; c < channels; c++)
        data[i * channels + c] = (from[at + c] as number) * (weighted ? weight : 1);
    });
    return { data, shape: [chosen.length, 1, 1, channels] };
  };
  return {
    chosen,
    targets: {
      [`${level.name}/heat`]: pick('heat', classes, false),
      [`${level.name}/seen`]: pick('seen', 1, true),
      [`${level.name}/box`]: pick('box', 4, false),
      [`${level.name}/boxWeight`]: pick('boxWeight', 1, true),
    },
  };
}

function chooseCells(
  level: HeatLevel,
  image: number,
  classes: number,
  heat: Float32Array,
  seen: Float32Array,
  shares: CellShares,
  random: Random,
): Chosen[] {
  const cells = level.heightCells * level.widthCells;
  const near: number[] = [];
  const far: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const at = image * cells + cell;
    if (seen[at] === 0) continue;
    let hottest = 0;
    for (let c = 0; c < classes; c++) hottest = Math.max(hottest, heat[at * classes + c] as number);
    (hottest >= NEAR_HEAT ? near : far).push(cell);
  }
  return [...draw(near, shares.near, image, random), ...draw(far, shares.far, image, random)];
}

/** All of a short list; of a long one `count` draws, each standing for its share of the list. */
function draw(cells: readonly number[], count: number, image: number, random: Random): Chosen[] {
  if (cells.length <= count) return cells.map((cell) => ({ image, cell, weight: 1 }));
  const weight = cells.length / count;
  return Array.from({ length: count }, () => ({ image, cell: random.pick(cells), weight }));
}

/** 3 × 3 cells around each, row by row, zero beyond the edge: what a `same` convolution of kernel 3 sees. */
function cutPatches({ tap, data }: FeatureMaps, chosen: readonly Chosen[]): TargetArray {
  const { heightCells, widthCells, channels } = tap;
  const patches = new Float32Array(chosen.length * 9 * channels);
  chosen.forEach(({ image, cell }, i) => {
    const row = Math.floor(cell / widthCells);
    const column = cell % widthCells;
    const first = Math.max(0, column - 1);
    const last = Math.min(widthCells - 1, column + 1);
    for (let dy = -1; dy <= 1; dy++) {
      const y = row + dy;
      if (y < 0 || y >= heightCells) continue;
      const from = ((image * heightCells + y) * widthCells + first) * channels;
      const to = ((i * 3 + dy + 1) * 3 + (first - column + 1)) * channels;
      patches.set(data.subarray(from, from + (last - first + 1) * channels), to);
    }
  });
  return { data: patches, shape: [chosen.length, 9 * channels] };
}

/** The cell of the coarser tap that covers each cell. */
function cutAround(own: TapShape, { tap, data }: FeatureMaps, chosen: readonly Chosen[]): TargetArray {
  const around = new Float32Array(chosen.length * tap.channels);
  chosen.forEach(({ image, cell }, i) => {
    const from = (image * cellsOf(tap) + coverOf(own, tap, cell)) * tap.channels;
    around.set(data.subarray(from, from + tap.channels), i * tap.channels);
  });
  return { data: around, shape: [chosen.length, tap.channels] };
}
