/** Dense targets of a detector: where centres lie, and what box each cell near one should tell. Pure numbers, no tensors. */
import type { RectPx } from '../features/letterbox.ts';
import type { CanvasBox, CanvasSample, TargetArray } from '../recipes/recipe.ts';

/** One output level. Fish whose side (√ of area, canvas pixels) lies in the range are learnt here. */
export interface HeatLevel {
  readonly name: string;
  readonly stride: number;
  readonly heightCells: number;
  readonly widthCells: number;
  readonly minSidePx: number;
  readonly maxSidePx: number;
}

/** Width of the bump around a centre, as a share of the box: wide, so that many cells of each fish teach (with soft targets). */
const SIGMA_FRAC = 1 / 6;
const MIN_SIGMA_CELLS = 0.5;
/** Cells where the bump is lower than this do not learn the box. */
const BOX_CUT = 0.05;

/**
 * Targets of one level for a batch, each `[n, heightCells, widthCells, …]`:
 * `NAME/heat` (classes): 1 at the centre cell, falling off around it; `NAME/seen` (1): 0 in the padding, and where nobody knows or a fish was cut off, unless another fish's centre lies there;
 * `NAME/box` (4): centre offset from the cell's middle and ln of the size, in cells; `NAME/boxWeight` (1): sums to 1 for each fish.
 * Where fish overlap, the smaller one's box wins.
 */
export function makeLevelTargets(
  level: HeatLevel,
  samples: readonly CanvasSample[],
  classes: number,
): Record<string, TargetArray> {
  const { heightCells: h, widthCells: w } = level;
  const cells = h * w;
  const heat = new Float32Array(samples.length * cells * classes);
  const seen = new Float32Array(samples.length * cells);
  const box = new Float32Array(samples.length * cells * 4);
  const boxWeight = new Float32Array(samples.length * cells);
  samples.forEach((sample, i) => {
    const shown = seen.subarray(i * cells, (i + 1) * cells);
    fillCells(level, shown, sample.visible, 1);
    const visible = sample.ignored.length === 0 ? shown : shown.slice();
    for (const rect of sample.ignored) fillCells(level, shown, rect, 0);
    const view: SampleView = {
      level,
      classes,
      heat: heat.subarray(i * cells * classes, (i + 1) * cells * classes),
      box: box.subarray(i * cells * 4, (i + 1) * cells * 4),
      boxWeight: boxWeight.subarray(i * cells, (i + 1) * cells),
      seen: shown,
      visible,
    };
    const large = sample.boxes.filter((b) => isOnLevel(level, b)).sort((a, b) => b.w * b.h - a.w * a.h);
    for (const b of large) paintBox(view, b);
  });
  const shape = (channels: number): number[] => [samples.length, h, w, channels];
  return {
    [`${level.name}/heat`]: { data: heat, shape: shape(classes) },
    [`${level.name}/seen`]: { data: seen, shape: shape(1) },
    [`${level.name}/box`]: { data: box, shape: shape(4) },
    [`${level.name}/boxWeight`]: { data: boxWeight, shape: shape(1) },
  };
}

/** True when a box of this size is learnt on this level. */
export function isOnLevel(level: HeatLevel, box: CanvasBox): boolean {
  const sidePx = Math.sqrt(box.w * box.h);
  return sidePx >= level.minSidePx && sidePx < level.maxSidePx;
}

interface SampleView {
  readonly level: HeatLevel;
  readonly classes: number;
  readonly heat: Float32Array;
  readonly box: Float32Array;
  readonly boxWeight: Float32Array;
  readonly seen: Float32Array;
  /** 1 where the photograph is, ignored regions or not. */
  readonly visible: Float32Array;
}

function fillCells(level: HeatLevel, seen: Float32Array, rect: RectPx, value: number): void {
  const x0 = Math.max(0, Math.floor(rect.x / level.stride));
  const y0 = Math.max(0, Math.floor(rect.y / level.stride));
  const x1 = Math.min(level.widthCells, Math.ceil((rect.x + rect.w) / level.stride));
  const y1 = Math.min(level.heightCells, Math.ceil((rect.y + rect.h) / level.stride));
  for (let y = y0; y < y1 && x1 > x0; y++)
    seen.fill(value, y * level.widthCells + x0, y * level.widthCells + x1);
}

function paintBox(view: SampleView, b: CanvasBox): void {
  const { stride, widthCells, heightCells } = view.level;
  const cx = (b.x + b.w / 2) / stride;
  const cy = (b.y + b.h / 2) / stride;
  const wCells = b.w / stride;
  const hCells = b.h / stride;
  const column = Math.min(widthCells - 1, Math.max(0, Math.floor(cx)));
  const row = Math.min(heightCells - 1, Math.max(0, Math.floor(cy)));
  const sigmaX = Math.max(MIN_SIGMA_CELLS, SIGMA_FRAC * wCells);
  const sigmaY = Math.max(MIN_SIGMA_CELLS, SIGMA_FRAC * hCells);
  const reachX = Math.ceil(3 * sigmaX);
  const reachY = Math.ceil(3 * sigmaY);
  const learns: { cell: number; bump: number; dx: number; dy: number }[] = [];
  let sum = 0;
  for (let y = Math.max(0, row - reachY); y <= Math.min(heightCells - 1, row + reachY); y++) {
    for (let x = Math.max(0, column - reachX); x <= Math.min(widthCells - 1, column + reachX); x++) {
      const bump = Math.exp(-((x - column) ** 2) / (2 * sigmaX ** 2) - (y - row) ** 2 / (2 * sigmaY ** 2));
      const cell = y * widthCells + x;
      const at = cell * view.classes + b.classIndex;
      view.heat[at] = Math.max(view.heat[at] ?? 0, bump);
      if (bump < BOX_CUT) continue;
      // What is known of this fish holds, whatever lies across it.
      view.seen[cell] = view.visible[cell] ?? 0;
      learns.push({ cell, bump, dx: cx - (x + 0.5), dy: cy - (y + 0.5) });
      sum += bump;
    }
  }
  for (const { cell, bump, dx, dy } of learns) {
    view.box.set([dx, dy, Math.log(Math.max(wCells, 0.05)), Math.log(Math.max(hCells, 0.05))], cell * 4);
    view.boxWeight[cell] = bump / sum;
  }
}
