/** Judging a guess on images it did not learn from, fold by fold, beside a guess by class frequencies. */
import { findArgMax } from '../metrics-class.ts';

/** Per image: right or wrong, gain in bits over the frequencies, and whether the majority guess is right. */
export interface Judged {
  readonly right: Uint8Array;
  readonly gain: Float64Array;
  readonly majority: Uint8Array;
}

/** Cross-validated: every image is judged by a model that did not learn from its fold. */
export function judgeOutOfFold(
  setting: { readonly folds: readonly number[]; readonly parts: number; readonly classes: number },
  truth: Int32Array,
  estimate: (train: readonly number[], test: readonly number[], truth: Int32Array) => Float64Array,
): Judged {
  const { folds, parts, classes } = setting;
  const right = new Uint8Array(truth.length);
  const majority = new Uint8Array(truth.length);
  const gain = new Float64Array(truth.length);
  for (let fold = 0; fold < parts; fold++) {
    const train: number[] = [];
    const test: number[] = [];
    for (const [i, at] of folds.entries()) (at === fold ? test : train).push(i);
    if (test.length === 0 || train.length === 0) continue;
    const frequency = new Float64Array(classes).fill(1);
    for (const i of train) frequency[truth[i] as number] = (frequency[truth[i] as number] as number) + 1;
    const commonest = findArgMax(frequency);
    const total = train.length + classes;
    const probabilities = estimate(train, test, truth);
    test.forEach((i, r) => {
      const own = truth[i] as number;
      const row = probabilities.subarray(r * classes, (r + 1) * classes);
      right[i] = findArgMax(row) === own ? 1 : 0;
      majority[i] = commonest === own ? 1 : 0;
      gain[i] = Math.log2(Math.max(1e-6, row[own] as number)) - Math.log2((frequency[own] as number) / total);
    });
  }
  return { right, gain, majority };
}
