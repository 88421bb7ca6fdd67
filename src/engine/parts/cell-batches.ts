/**
 * Learning from chosen cells instead of whole maps: all cells near fish and a few of the rest, each with its 3 × 3 surroundings. A step
 * then costs a tenth and mixes many photographs; what is left out is made up for by weights, so that the mean gradient stays the same.
 */
import type { Random } from '../../core/random.ts';
import type { Numbers } from '../backends/half-tensor.ts';
import type { TapShape } from '../features/feature-types.ts';
import type { CanvasSample, InputArray, Room, TargetArray } from '../recipes/recipe.ts';
import { type HeatLevel, makeLevelTargets } from './heat-targets.ts';

/** Feature maps of a batch of photographs, `[n, heightCells, widthCells, channels]`. */
export interface FeatureMaps {
  readonly tap: TapShape;
  readonly data: Numbers;
}

/** How many cells of one photograph a step looks at. */
export interface CellShares {
  /** At most so many cells near fish. */
  readonly near: number;
  /** So many of the rest, drawn anew each visit. */
  readonly far: number;
}

/** What a level reads of one tap: its own or a coarser one, the cell alone (1) or with its neighbours (3). */
export interface LevelSource {
  readonly tap: TapShape;
  readonly kernel: 1 | 3;
}

/** A level's cells of a batch, one input a source, and targets `[m, 1, 1, …]`. */
export interface CellBatch {
  /** {@link cutCells}: `[m, kernel² · channels]`. {@link placeCells}: rows `[m · kernel²]` of the source's map, one cell wider on each side. */
  readonly inputs: readonly InputArray[];
  readonly targets: Record<string, TargetArray>;
}

/** Below this a cell counts as background when cells are chosen. */
const NEAR_HEAT = 0.05;

interface Chosen {
  readonly image: number;
  readonly cell: number;
  readonly weight: number;
}

/** Chooses the cells of one level, cuts what it reads around each out of `maps` into `room`, and keeps their targets under the level's own names. */
export function cutCells(
  level: HeatLevel,
  sources: readonly LevelSource[],
  maps: readonly FeatureMaps[],
  samples: readonly CanvasSample[],
  classes: number,
  shares: CellShares,
  random: Random,
  room: Room,
): CellBatch {
  const { chosen, targets } = chooseAll(level, samples, classes, shares, random);
  return {
    inputs: sources.map((source) => {
      const own = maps.find(({ tap }) => tap.name === source.tap.name);
      if (own === undefined) throw new RangeError(`no maps of ${source.tap.name} were given`);
      return cutPatches(level, own, source.kernel, chosen, room);
    }),
    targets,
  };
}

/** As {@link cutCells}, for maps that a trunk computes in the step itself: says where the cells will lie. */
export function placeCells(
  level: HeatLevel,
  sources: readonly LevelSource[],
  samples: readonly CanvasSample[],
  classes: number,
  shares: CellShares,
  random: Random,
): CellBatch {
  const { chosen, targets } = chooseAll(level, samples, classes, shares, random);
  return { inputs: sources.map((source) => placePatches(level, source, chosen)), targets };
}

/** Cells around one, row by row, as a filter lies. */
const neighboursOf = (kernel: 1 | 3): readonly (readonly [number, number])[] =>
  kernel === 1 ? [[0, 0]] : [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const));

/** Row and column of a tap's cell that covers a level's cell. */
function coverOf(level: HeatLevel, tap: TapShape, cell: number): readonly [number, number] {
  const finer = tap.stride / level.stride;
  const row = Math.floor(Math.floor(cell / level.widthCells) / finer);
  const column = Math.floor((cell % level.widthCells) / finer);
  return [Math.min(tap.heightCells - 1, row), Math.min(tap.widthCells - 1, column)];
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

/** What a `same` convolution of that kernel sees at each cell: row by row, zero beyond the edge. */
function cutPatches(
  level: HeatLevel,
  { tap, data }: FeatureMaps,
  kernel: 1 | 3,
  chosen: readonly Chosen[],
  room: Room,
): InputArray {
  const { heightCells, widthCells, channels } = tap;
  const reach = (kernel - 1) / 2;
  const length = kernel * kernel * channels;
  const kind = data instanceof Float32Array ? 'floats' : 'halves';
  const patches = room(`${level.name}/${tap.name}`, chosen.length * length, kind);
  chosen.forEach(({ image, cell }, i) => {
    const [row, column] = coverOf(level, tap, cell);
    const first = Math.max(0, column - reach);
    const last = Math.min(widthCells - 1, column + reach);
    // What lies beyond the edge is not written below, and the room held another batch.
    const isWithin = row >= reach && row + reach < heightCells && last - first + 1 === kernel;
    if (!isWithin) patches.fill(0, i * length, (i + 1) * length);
    for (let dy = -reach; dy <= reach; dy++) {
      const y = row + dy;
      if (y < 0 || y >= heightCells) continue;
      const from = ((image * heightCells + y) * widthCells + first) * channels;
      const to = ((i * kernel + dy + reach) * kernel + (first - column + reach)) * channels;
      patches.set(data.subarray(from, from + (last - first + 1) * channels), to);
    }
  });
  return { data: patches, shape: [chosen.length, length] };
}

/** The same patches as rows of the tap's map, padded by one cell all around. */
function placePatches(
  level: HeatLevel,
  { tap, kernel }: LevelSource,
  chosen: readonly Chosen[],
): TargetArray {
  const neighbours = neighboursOf(kernel);
  const rows = new Float32Array(chosen.length * neighbours.length);
  chosen.forEach(({ image, cell }, i) => {
    const [row, column] = coverOf(level, tap, cell);
    neighbours.forEach(([dy, dx], k) => {
      rows[i * neighbours.length + k] =
        (image * (tap.heightCells + 2) + row + 1 + dy) * (tap.widthCells + 2) + column + 1 + dx;
    });
  });
  return { data: rows, shape: [rows.length] };
}
