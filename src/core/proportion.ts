/** Intervals of shares that were counted on a sample. Pure. */

/** A share with the range that holds it with the probability `level`. */
export interface ShareEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** 0..1. */
  readonly level: number;
  /** What was counted. */
  readonly n: number;
  /** Units that were drawn; what is counted in one unit may be alike. */
  readonly units: number;
}

/** One drawn unit: `top` of the `bottom` things in it have what is counted. */
export interface CountedUnit {
  readonly top: number;
  readonly bottom: number;
}

/** Inverse of the standard normal distribution for 0 < p < 1 (Acklam 2003, relative error below 1.2e-9). */
export function normalQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
    2.506628277459239,
  ];
  const b = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
  ];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const poly = (list: readonly number[], x: number): number => list.reduce((sum, k) => sum * x + k, 0);
  const tail = (q: number): number => poly(c, q) / (poly(d, q) * q + 1);
  if (p < 0.02425) return tail(Math.sqrt(-2 * Math.log(p)));
  if (p > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  return (poly(a, r) * q) / (poly(b, r) * r + 1);
}

/**
 * Inverse of Student's t distribution for 0.5 < p < 1 and one or more degrees of freedom (Hill 1970, algorithm 396: to a thousandth from five
 * degrees on, exact for one and two).
 */
export function studentQuantile(p: number, freedom: number): number {
  const both = 2 * (1 - p);
  if (freedom === 1) return 1 / Math.tan((both * Math.PI) / 2);
  if (freedom === 2) return Math.sqrt(2 / (both * (2 - both)) - 2);
  const a = 1 / (freedom - 0.5);
  const b = 48 / (a * a);
  let c = (((20700 * a) / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * freedom;
  const tail = (d * both) ** (2 / freedom);
  if (tail <= 0.05 + a) {
    const near =
      ((1 / (((freedom + 6) / (freedom * tail) - 0.089 * d - 0.822) * (freedom + 2) * 3) +
        0.5 / (freedom + 4)) *
        tail -
        1) *
        ((freedom + 1) / (freedom + 2)) +
      1 / tail;
    return Math.sqrt(freedom * near);
  }
  const x = normalQuantile(both / 2);
  if (freedom < 5) c += 0.3 * (freedom - 4.5) * (x + 0.6);
  c += (((0.05 * d * both - 5) * x - 7) * x - 2) * x + b;
  const y = x * x;
  const far = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
  return Math.sqrt(freedom * Math.expm1(a * far * far));
}

/** The score interval of Wilson (1927) for `top` of `n`; `n` may be an effective size and then need not be whole. `[0, 1]` for none. */
export function wilsonInterval(top: number, n: number, level = 0.95): { low: number; high: number } {
  if (n <= 0) return { low: 0, high: 1 };
  const z = normalQuantile(1 - (1 - level) / 2);
  const p = top / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  // At the ends the interval is exact; rounding must not move it inwards.
  return { low: top <= 0 ? 0 : Math.max(0, middle - half), high: top >= n ? 1 : Math.min(1, middle + half) };
}

/**
 * The share Σ top / Σ bottom of units drawn at random, with Wilson's interval at the effective size: the count divided by the design effect,
 * which is how much more the units differ than single things would (Kish 1965; for this use Korn & Graubard 1998). Things of one photograph
 * are alike, so a plain interval would be too narrow. Null when nothing was counted or fewer than two units were drawn.
 */
export function estimateShare(units: readonly CountedUnit[], level = 0.95): ShareEstimate | null {
  const n = units.reduce((sum, { bottom }) => sum + bottom, 0);
  if (n === 0 || units.length < 2) return null;
  const value = units.reduce((sum, { top }) => sum + top, 0) / n;
  const spread = units.reduce((sum, { top, bottom }) => sum + (top - value * bottom) ** 2, 0);
  const variance = (spread * units.length) / (units.length - 1) / (n * n);
  const simple = (value * (1 - value)) / n;
  const designEffect = simple === 0 ? Math.max(1, n / units.length) : Math.max(1, variance / simple);
  const effective = n / designEffect;
  return { value, ...wilsonInterval(value * effective, effective, level), level, n, units: units.length };
}
