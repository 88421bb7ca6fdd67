/**
 * Occlusion (Zeiler & Fergus 2014), on features instead of pixels: a patch of the photograph's mean feature slides over the grid, and
 * where the class's probability falls, the model was looking. Works for any recipe; costs one run of the head a place.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type TapShape, tapLength } from '../features/feature-types.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import { type CellShape, type CellWindow, findVisibleCells, forEachCell } from './grid.ts';
import type { ExplainWay } from './method.ts';
import { listTaps, meanVisible, readMaps, scoreCopies } from './run.ts';

/** Places of the patch along the longer side, at most: 16 × 16 runs of a head take about a second. */
const MOST_PLACES = 16;
const COPIES_A_RUN = 8;

/**
 * On the cells of the coarsest tap; finer taps are hidden at the same place. The value of a cell is how far the probability falls (never
 * below 0), averaged over the patches that hid it: 0..1 as it is. A patch is two steps wide, so that each cell is hidden several times.
 */
export const occlusionWay: ExplainWay = {
  id: 'occlusion',
  lacks: 'nothing: it works for any recipe',
  fits: () => true,
  explain: async (explained, { signal, onRuns }) => {
    const taps = listTaps(explained);
    const shape = taps.reduce((best, tap) => (tap.widthCells < best.widthCells ? tap : best));
    const features = readMaps(explained);
    const means = taps.map((tap, i) => meanVisible(explained, tap, features[i] as Float32Array));
    const patches = listPatches(findVisibleCells(explained.placement, shape));
    const [whole = []] = scoreCopies(explained, features, 1);
    const sums = whole.map(() => new Float32Array(shape.heightCells * shape.widthCells));
    const hidden = new Uint32Array(shape.heightCells * shape.widthCells);
    for (let at = 0; at < patches.length; at += COPIES_A_RUN) {
      const some = patches.slice(at, at + COPIES_A_RUN);
      const copies = taps.map((tap, i) =>
        hidePatches(features[i] as Float32Array, tap, means[i] as Float32Array, shape, some),
      );
      const scores = scoreCopies(explained, copies, some.length);
      some.forEach((patch, n) => {
        forEachCell(patch, shape.widthCells, (cell) => {
          hidden[cell] = (hidden[cell] ?? 0) + 1;
          sums.forEach((sum, c) => {
            sum[cell] = (sum[cell] ?? 0) + (whole[c] ?? 0) - (scores[n]?.[c] ?? 0);
          });
        });
      });
      onRuns?.(at + some.length, patches.length);
      // A cancel is only heard between turns.
      await nextTurn();
      throwIfCancelled(signal);
    }
    const maps = sums.map((sum) =>
      sum.map((value, cell) => Math.min(1, Math.max(0, value / Math.max(1, hidden[cell] ?? 0)))),
    );
    return { shape: { heightCells: shape.heightCells, widthCells: shape.widthCells }, maps };
  },
};

/** Patches that cover the photograph's cells evenly, cut at its edges. */
function listPatches(window: CellWindow): CellWindow[] {
  const step = Math.max(1, Math.ceil(Math.max(window.rows, window.columns) / MOST_PLACES));
  const side = 2 * step;
  const patches: CellWindow[] = [];
  for (let row = window.row - step; row < window.row + window.rows; row += step)
    for (let column = window.column - step; column < window.column + window.columns; column += step) {
      const top = Math.max(window.row, row);
      const left = Math.max(window.column, column);
      patches.push({
        row: top,
        column: left,
        rows: Math.min(row + side, window.row + window.rows) - top,
        columns: Math.min(column + side, window.column + window.columns) - left,
      });
    }
  return patches;
}

/** Copies of a tap's map, one behind the other, each with one patch of the coarsest grid replaced by the mean feature. */
function hidePatches(
  map: Float32Array,
  tap: TapShape,
  mean: Float32Array,
  coarsest: CellShape,
  patches: readonly CellWindow[],
): Float32Array {
  const down = tap.heightCells / coarsest.heightCells;
  const across = tap.widthCells / coarsest.widthCells;
  const copies = new Float32Array(patches.length * tapLength(tap));
  patches.forEach((patch, n) => {
    const copy = copies.subarray(n * tapLength(tap), (n + 1) * tapLength(tap));
    copy.set(map);
    const window = {
      row: Math.floor(patch.row * down),
      column: Math.floor(patch.column * across),
      rows: Math.ceil(patch.rows * down),
      columns: Math.ceil(patch.columns * across),
    };
    forEachCell(window, tap.widthCells, (cell) => copy.set(mean, cell * tap.channels));
  });
  return copies;
}
