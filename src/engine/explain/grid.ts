/** Which cells of a canvas show photograph, and where they lie on it. Pure. */
import type { HeatGrid } from '../../core/heatmap.ts';
import type { Canvas } from '../../core/learning.ts';
import { type Placement, type RectPx, toImageBox, visibleCanvasRect } from '../features/letterbox.ts';

/** Cells that share the canvas evenly; they need not be square. */
export interface CellShape {
  readonly heightCells: number;
  readonly widthCells: number;
}

/** A block of cells: first row and column, and how many. */
export interface CellWindow {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The cells whose middle shows photograph: the padding of a letterboxed photograph is left out. At least one, so that a photograph
 * narrower than half a cell still has a place.
 */
export function findVisibleCells(placement: Placement, shape: CellShape): CellWindow {
  const visible: RectPx = visibleCanvasRect(placement) ?? { x: 0, y: 0, w: 0, h: 0 };
  const across = findSpan(
    visible.x,
    visible.w,
    placement.canvas.widthPx / shape.widthCells,
    shape.widthCells,
  );
  const down = findSpan(
    visible.y,
    visible.h,
    placement.canvas.heightPx / shape.heightCells,
    shape.heightCells,
  );
  return { row: down.first, rows: down.count, column: across.first, columns: across.count };
}

function findSpan(startPx: number, lengthPx: number, cellPx: number, cells: number) {
  // The middle of cell i is (i + ½) cells from the edge.
  const first = Math.ceil(startPx / cellPx - 0.5);
  const last = Math.ceil((startPx + lengthPx) / cellPx - 0.5) - 1;
  if (last >= first && first >= 0) return { first, count: Math.min(last, cells - 1) - first + 1 };
  const middle = Math.min(cells - 1, Math.max(0, Math.floor((startPx + lengthPx / 2) / cellPx)));
  return { first: middle, count: 1 };
}

/** Where a block of cells lies on the upright photograph. */
export function toHeatGrid(placement: Placement, shape: CellShape, window: CellWindow): HeatGrid {
  const canvas: Canvas = placement.canvas;
  const cellWidth = canvas.widthPx / shape.widthCells;
  const cellHeight = canvas.heightPx / shape.heightCells;
  const place = toImageBox(placement, {
    x: window.column * cellWidth,
    y: window.row * cellHeight,
    w: window.columns * cellWidth,
    h: window.rows * cellHeight,
  });
  return {
    rows: window.rows,
    columns: window.columns,
    xPx: place.x,
    yPx: place.y,
    cellWidthPx: place.w / window.columns,
    cellHeightPx: place.h / window.rows,
  };
}

/** The values of a block, row by row, out of `[heightCells, widthCells]` values that lie `stride` apart from `offset` on. */
export function cutWindow(
  values: ArrayLike<number>,
  shape: CellShape,
  window: CellWindow,
  channel: { readonly offset: number; readonly stride: number } = { offset: 0, stride: 1 },
): Float32Array {
  const out = new Float32Array(window.rows * window.columns);
  for (let row = 0; row < window.rows; row++)
    for (let column = 0; column < window.columns; column++) {
      const cell = (window.row + row) * shape.widthCells + window.column + column;
      out[row * window.columns + column] = values[cell * channel.stride + channel.offset] ?? 0;
    }
  return out;
}

/** Visits the index of each cell of a block in maps `widthCells` wide. */
export function forEachCell(window: CellWindow, widthCells: number, visit: (cell: number) => void): void {
  for (let row = window.row; row < window.row + window.rows; row++)
    for (let column = window.column; column < window.column + window.columns; column++)
      visit(row * widthCells + column);
}

/** Values of a coarser grid at the cells of a finer one over the same canvas: each takes the cell it lies in. */
export function spreadCells(values: ArrayLike<number>, from: CellShape, to: CellShape): Float32Array {
  const out = new Float32Array(to.heightCells * to.widthCells);
  for (let row = 0; row < to.heightCells; row++) {
    const source = Math.floor(((row + 0.5) / to.heightCells) * from.heightCells) * from.widthCells;
    for (let column = 0; column < to.widthCells; column++)
      out[row * to.widthCells + column] =
        values[source + Math.floor(((column + 0.5) / to.widthCells) * from.widthCells)] ?? 0;
  }
  return out;
}
