/** A grid of values 0..1 as a picture over a photograph: one fixed range and one colour scale for all of them. Pure. */

/** Rows of cells over an upright photograph, row by row; the first cell begins at (`xPx`, `yPx`), which may lie just outside of it. */
export interface HeatGrid {
  readonly rows: number;
  readonly columns: number;
  readonly xPx: number;
  readonly yPx: number;
  readonly cellWidthPx: number;
  readonly cellHeightPx: number;
}

/** `cells`: each cell one even patch, as computed. `smooth`: interpolated between the middles of cells. */
export type HeatStyle = 'cells' | 'smooth';

/** The lowest and highest value of every heat map: colours mean the same on all photographs. */
export const heatRange = { low: 0, high: 1 } as const;

/**
 * Colours at equal steps from 0 to 1: matplotlib's `inferno` (CC0), even to the eye and readable without colour vision; red, green, blue
 * 0..255 and opacity 0..1. Low values are clear, so that the photograph shows where the model saw nothing.
 */
const stops: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 4, 0],
  [31, 12, 72, 0.35],
  [85, 15, 109, 0.6],
  [136, 34, 106, 0.75],
  [186, 54, 85, 0.85],
  [227, 89, 51, 0.9],
  [249, 140, 10, 0.95],
  [249, 201, 50, 1],
  [252, 255, 164, 1],
];

/** Red, green, blue 0..255 and opacity 0..1 of a value; values outside 0..1 and not-a-numbers take the nearest end, the low one. */
export function heatColor(value: number): readonly [number, number, number, number] {
  const at = Math.min(1, Math.max(0, Number.isFinite(value) ? value : 0)) * (stops.length - 1);
  const below = stops[Math.floor(at)] ?? [0, 0, 0, 0];
  const above = stops[Math.ceil(at)] ?? below;
  const part = at - Math.floor(at);
  const mix = (i: 0 | 1 | 2 | 3): number => below[i] + (above[i] - below[i]) * part;
  return [Math.round(mix(0)), Math.round(mix(1)), Math.round(mix(2)), mix(3)];
}

/**
 * The value at a point of the photograph, upright pixels: of the cell there, or bilinear between the four nearest middles. Outside the
 * grid the nearest cell counts.
 */
export function sampleHeat(
  grid: HeatGrid,
  values: ArrayLike<number>,
  atPx: { readonly x: number; readonly y: number },
  style: HeatStyle,
): number {
  const column = (atPx.x - grid.xPx) / grid.cellWidthPx;
  const row = (atPx.y - grid.yPx) / grid.cellHeightPx;
  const value = (r: number, c: number): number =>
    values[clamp(r, grid.rows - 1) * grid.columns + clamp(c, grid.columns - 1)] ?? 0;
  if (style === 'cells') return value(Math.floor(row), Math.floor(column));
  const top = Math.floor(row - 0.5);
  const left = Math.floor(column - 0.5);
  const down = row - 0.5 - top;
  const right = column - 0.5 - left;
  const upper = value(top, left) * (1 - right) + value(top, left + 1) * right;
  const lower = value(top + 1, left) * (1 - right) + value(top + 1, left + 1) * right;
  return upper * (1 - down) + lower * down;
}

/**
 * RGBA bytes, 4 a pixel, of a picture that covers the whole photograph and nothing beside it. `widthPx` × `heightPx` is the picture's
 * size, `image` the photograph's. Throws RangeError for a size that is not whole and above 0, or values that do not fill the grid.
 */
export function renderHeat(input: {
  readonly grid: HeatGrid;
  readonly values: ArrayLike<number>;
  readonly image: { readonly widthPx: number; readonly heightPx: number };
  readonly widthPx: number;
  readonly heightPx: number;
  readonly style: HeatStyle;
}): Uint8ClampedArray {
  const { grid, values, image, widthPx, heightPx, style } = input;
  if (!(Number.isInteger(widthPx) && Number.isInteger(heightPx) && widthPx > 0 && heightPx > 0))
    throw new RangeError(`a picture has whole sides above 0, not ${widthPx} × ${heightPx}`);
  if (values.length !== grid.rows * grid.columns)
    throw new RangeError(`${grid.rows} × ${grid.columns} cells cannot hold ${values.length} values`);
  const bytes = new Uint8ClampedArray(widthPx * heightPx * 4);
  for (let row = 0; row < heightPx; row++) {
    const y = ((row + 0.5) / heightPx) * image.heightPx;
    for (let column = 0; column < widthPx; column++) {
      const x = ((column + 0.5) / widthPx) * image.widthPx;
      const [red, green, blue, opacity] = heatColor(sampleHeat(grid, values, { x, y }, style));
      bytes.set([red, green, blue, Math.round(opacity * 255)], (row * widthPx + column) * 4);
    }
  }
  return bytes;
}

function clamp(value: number, high: number): number {
  return Math.min(high, Math.max(0, value));
}
