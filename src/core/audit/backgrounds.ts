/** What scenes look like from afar, and to a backbone away from the boxes, to compare photographs by their surroundings. */
import type { Vectors } from '../likeness.ts';
import { cellSide, decodeCells } from './image-facts.ts';
import { centreInPlace, gatherKnown, toUnitVectors, type VectorTable } from './near-vectors.ts';

/** Cells beside and below one another that are taken together: a fish moves few of what is left, a camera all. */
const joined = 2;
const side = cellSide / joined;
/** Fewer photographs are too few to compare. */
const fewest = 20;

/**
 * A unit vector a photograph: coarse colours of the whole scene, 8 × 8 cells, without what all have in common. `cells` as image facts hold
 * them, null where a file could not be read. Null where there are too few.
 */
export function tableOfBackgrounds(cells: readonly (string | null)[]): VectorTable | null {
  if (cells.length < fewest) return null;
  const length = side * side * 3;
  const values = new Float32Array(cells.length * length);
  cells.forEach((own, row) => {
    if (own === null) return;
    const colours = decodeCells(own);
    for (let at = 0; at < colours.length; at++) {
      const cell = Math.floor(at / 3);
      const y = Math.floor(cell / (cellSide * joined));
      const x = Math.floor((cell % cellSide) / joined);
      const to = row * length + (y * side + x) * 3 + (at % 3);
      values[to] = (values[to] as number) + (colours[at] as number) / joined ** 2;
    }
  });
  return centreInPlace({ values, length, count: cells.length });
}

/**
 * The same with what a backbone sees of the background beside the colours, both counting alike: a cosine is the mean of the two. A photograph of
 * which the backbone saw too little background has its colours alone. Null where `colours` is.
 */
export function joinSeenBackgrounds(colours: VectorTable | null, seen: Vectors): VectorTable | null {
  if (colours === null) return null;
  const { count } = colours;
  const { table, items: rows } = gatherKnown(seen);
  if (rows.length < fewest) return colours;
  const features = centreInPlace(table);
  const length = colours.length + seen.length;
  const values = new Float32Array(count * length);
  for (let row = 0; row < count; row++)
    values.set(colours.values.subarray(row * colours.length, (row + 1) * colours.length), row * length);
  rows.forEach((row, i) => {
    values.set(
      features.values.subarray(i * seen.length, (i + 1) * seen.length),
      row * length + colours.length,
    );
  });
  return toUnitVectors({ values, length, count });
}
