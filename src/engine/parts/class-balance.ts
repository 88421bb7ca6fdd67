/** Rare classes weigh more: factors a class from how often each is labelled. */

/**
 * Factors `(count + 1)^-power`, scaled so that their mean over all boxes is 1; `power` 0 gives ones. Classes without boxes get the
 * largest factor of those that have any (no label, no effect).
 */
export function computeClassWeights(boxesPerClass: readonly number[], power: number): Float32Array {
  const raw = boxesPerClass.map((count) => (count > 0 ? (count + 1) ** -power : 0));
  const largest = Math.max(0, ...raw);
  const total = boxesPerClass.reduce((sum, count) => sum + count, 0);
  const mean = boxesPerClass.reduce((sum, count, c) => sum + count * (raw[c] ?? 0), 0) / Math.max(1, total);
  if (mean === 0) return new Float32Array(boxesPerClass.length).fill(1);
  return Float32Array.from(raw, (value) => (value > 0 ? value : largest) / mean);
}
