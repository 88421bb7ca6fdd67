/** A mean over few seeds, with the range that holds it: Student's t. Pure. */

/** 97.5 % points for 1 to 9 degrees of freedom. */
const points = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

export type MeanRange =
  | { readonly mean: number; readonly low: number; readonly high: number }
  /** One value alone has no range. */
  | { readonly mean: number; readonly low: null; readonly high: null };

/** The mean of one to ten values and its 95 % range. More values are taken for ten degrees' worth of nine: a little too wide. */
export function computeMeanRange(values: readonly number[]): MeanRange {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const point = points[Math.min(n - 2, points.length - 1)];
  if (n < 2 || point === undefined) return { mean, low: null, high: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = point * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}
