/** From heat maps to suggestions: local maxima, read with the box their cell tells. */
import type { RectPx } from '../features/letterbox.ts';
import type { CanvasDetection } from '../recipes/recipe.ts';
import type { HeatLevel } from './heat-targets.ts';

/** One image's output of one level: `[heightCells, widthCells, classes + 4]`, class logits then dx, dy, ln w, ln h in cells. */
export interface LevelOutput {
  readonly level: HeatLevel;
  readonly classes: number;
  readonly values: Float32Array;
}

/** Sizes are told as ln of cells; a wild guess beyond these is cut, so that it cannot overflow. */
export const MAX_LOG_SIZE = 6;
export const MIN_LOG_SIZE = -4;

/** Peaks of a level (3 × 3 neighbourhood, each class alone) with score ≥ `minScore`, each with the box its cells tell together, cut to `visible` canvas pixels. */
export function pickPeaks(output: LevelOutput, minScore: number, visible: RectPx): CanvasDetection[] {
  const { level, classes, values } = output;
  const channels = classes + 4;
  const minLogit = Math.log(Math.max(minScore, 1e-6) / (1 - Math.min(minScore, 1 - 1e-6)));
  const found: CanvasDetection[] = [];
  for (let row = 0; row < level.heightCells; row++) {
    for (let column = 0; column < level.widthCells; column++) {
      const cell = (row * level.widthCells + column) * channels;
      for (let c = 0; c < classes; c++) {
        const logit = values[cell + c] as number;
        if (!(logit >= minLogit) || !isPeak(output, row, column, c, logit)) continue;
        const box = cutToVisible(readAround(output, row, column), visible);
        if (box === null) continue;
        const probabilities = Array.from(values.subarray(cell, cell + classes), sigmoid);
        found.push({ ...box, classIndex: c, score: sigmoid(logit), probabilities });
      }
    }
  }
  return found;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function isPeak(output: LevelOutput, row: number, column: number, c: number, logit: number): boolean {
  const { heightCells, widthCells } = output.level;
  const channels = output.classes + 4;
  for (let y = Math.max(0, row - 1); y <= Math.min(heightCells - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(widthCells - 1, column + 1); x++) {
      const other = output.values[(y * widthCells + x) * channels + c] as number;
      // Of equal neighbours the first in reading order is the peak.
      const before = y < row || (y === row && x < column);
      if (other > logit || (other === logit && before)) return false;
    }
  }
  return true;
}

/**
 * The box of a peak: the mean of what the 3 × 3 cells around it tell, each counting as the square of its highest score. Cells of one fish
 * err in different directions; those of its neighbours score low here (as box voting, Gidaris & Komodakis 2015, before the peaks are picked).
 */
function readAround(output: LevelOutput, row: number, column: number): RectPx {
  const { level, classes, values } = output;
  const mean = { x: 0, y: 0, w: 0, h: 0 };
  let sum = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(level.heightCells - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(level.widthCells - 1, column + 1); x++) {
      const at = (y * level.widthCells + x) * (classes + 4);
      let hottest = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < classes; c++) hottest = Math.max(hottest, values[at + c] as number);
      const weight = sigmoid(hottest) ** 2;
      const box = readBox(level, values, at + classes, y, x);
      mean.x += box.x * weight;
      mean.y += box.y * weight;
      mean.w += box.w * weight;
      mean.h += box.h * weight;
      sum += weight;
    }
  }
  return { x: mean.x / sum, y: mean.y / sum, w: mean.w / sum, h: mean.h / sum };
}

/** What one cell tells, in canvas pixels; may reach beyond the canvas. */
function readBox(level: HeatLevel, values: Float32Array, at: number, row: number, column: number): RectPx {
  const cx = (column + 0.5 + (values[at] as number)) * level.stride;
  const cy = (row + 0.5 + (values[at + 1] as number)) * level.stride;
  const size = (log: number): number =>
    Math.exp(Math.min(MAX_LOG_SIZE, Math.max(MIN_LOG_SIZE, log))) * level.stride;
  const w = size(values[at + 2] as number);
  const h = size(values[at + 3] as number);
  return { x: cx - w / 2, y: cy - h / 2, w, h };
}

/** The part of a box inside `visible`; null when less than half a canvas pixel is left or a number is not finite. */
export function cutToVisible(box: RectPx, visible: RectPx): RectPx | null {
  const x = Math.max(visible.x, box.x);
  const y = Math.max(visible.y, box.y);
  const w = Math.min(visible.x + visible.w, box.x + box.w) - x;
  const h = Math.min(visible.y + visible.h, box.y + box.h) - y;
  return w >= 0.5 && h >= 0.5 ? { x, y, w, h } : null;
}
