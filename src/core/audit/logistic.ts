/**
 * Multinomial logistic regression with a ridge, solved to its one optimum: the plainest model that turns facts into class probabilities.
 * Minimises `strength · Σ −ln p(class) + ½ Σ w²` without a ridge on the intercepts, as scikit-learn's LogisticRegression(C = strength) does.
 */

/** Rows of facts, row by row. */
export interface Design {
  readonly values: Float64Array;
  readonly columns: number;
  readonly rows: number;
}

export interface LogisticModel {
  /** Probabilities of each class for every row, row by row. */
  predict(design: Design): Float64Array;
}

const memory = 10;

/**
 * Fits by L-BFGS (Liu, Nocedal 1989) with a backtracking line search. `truth`: class of each row, 0..classes-1. Throws RangeError without rows
 * or for fewer than two classes.
 */
export function fitLogistic(
  design: Design,
  truth: ArrayLike<number>,
  classes: number,
  {
    strength = 1,
    tolerance = 1e-5,
    rounds = 300,
  }: { strength?: number; tolerance?: number; rounds?: number } = {},
): LogisticModel {
  const { columns, rows } = design;
  if (rows === 0 || classes < 2) throw new RangeError('rows and at least two classes are needed');
  const width = columns + 1;
  const scores = new Float64Array(classes);
  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let r = 0; r < rows; r++) {
      computeScores(design, r, w, classes, scores);
      loss -= softmaxInPlace(scores, truth[r] ?? 0);
      for (let c = 0; c < classes; c++) {
        const error = (scores[c] as number) - (c === truth[r] ? 1 : 0);
        if (error === 0) continue;
        const at = c * width;
        for (let d = 0; d < columns; d++) {
          const x = design.values[r * columns + d] as number;
          if (x !== 0) gradient[at + d] = (gradient[at + d] as number) + error * x;
        }
        gradient[at + columns] = (gradient[at + columns] as number) + error;
      }
    }
    // Everything is divided by strength · rows, so that one tolerance fits all sizes.
    const ridge = 1 / (strength * rows);
    let penalty = 0;
    for (let c = 0; c < classes; c++)
      for (let d = 0; d < width; d++) {
        const i = c * width + d;
        gradient[i] = (gradient[i] as number) / rows;
        if (d === columns) continue;
        penalty += (w[i] as number) ** 2;
        gradient[i] = (gradient[i] as number) + ridge * (w[i] as number);
      }
    return loss / rows + (ridge * penalty) / 2;
  };
  const w = minimise(classes * width, evaluate, tolerance, rounds);
  return {
    predict: (other) => {
      const out = new Float64Array(other.rows * classes);
      for (let r = 0; r < other.rows; r++) {
        const row = out.subarray(r * classes, (r + 1) * classes);
        computeScores(other, r, w, classes, row);
        softmaxInPlace(row, 0);
      }
      return out;
    },
  };
}

function computeScores(
  { values, columns }: Design,
  row: number,
  w: Float64Array,
  classes: number,
  into: Float64Array,
): void {
  const width = columns + 1;
  for (let c = 0; c < classes; c++) into[c] = w[c * width + columns] as number;
  for (let d = 0; d < columns; d++) {
    const x = values[row * columns + d] as number;
    if (x === 0) continue;
    for (let c = 0; c < classes; c++) into[c] = (into[c] as number) + x * (w[c * width + d] as number);
  }
}

/** Turns scores into probabilities; returns ln p of `truth`. */
function softmaxInPlace(scores: Float64Array, truth: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > most) most = score;
  const own = scores[truth] as number;
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp((scores[c] as number) - most);
    sum += scores[c] as number;
  }
  for (let c = 0; c < scores.length; c++) scores[c] = (scores[c] as number) / sum;
  return own - most - Math.log(sum);
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

function minimise(
  size: number,
  evaluate: (w: Float64Array, gradient: Float64Array) => number,
  tolerance: number,
  rounds: number,
): Float64Array {
  let w = new Float64Array(size);
  let gradient = new Float64Array(size);
  let value = evaluate(w, gradient);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let round = 0; round < rounds && gradient.some((g) => Math.abs(g) > tolerance); round++) {
    const direction = findDirection(gradient, steps);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      // Rounding broke the curvature: start again downhill.
      steps.length = 0;
      direction.set(gradient.map((g) => -g));
      slope = dot(direction, gradient);
    }
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let accepted = false;
    for (let halving = 0; halving < 40; halving++, length /= 2) {
      const next = w.map((v, i) => v + length * (direction[i] as number));
      const nextGradient = new Float64Array(size);
      const nextValue = evaluate(next, nextGradient);
      if (!(nextValue <= value + 1e-4 * length * slope)) continue;
      const s = next.map((v, i) => v - (w[i] as number));
      const y = nextGradient.map((v, i) => v - (gradient[i] as number));
      const curvature = dot(s, y);
      if (curvature > 1e-14) {
        steps.push({ s, y, rho: 1 / curvature });
        if (steps.length > memory) steps.shift();
      }
      [w, gradient, value] = [next, nextGradient, nextValue];
      accepted = true;
      break;
    }
    if (!accepted) break;
  }
  return w;
}

/** The two-loop recursion: minus the inverse Hessian, as the last steps know it, times the gradient. */
function findDirection(
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (const { s, y, rho } of [...steps].reverse()) {
    const alpha = rho * dot(s, q);
    alphas.push(alpha);
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) - alpha * (y[i] as number);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  }
  steps.forEach(({ s, y, rho }, k) => {
    const beta = rho * dot(y, q);
    const alpha = alphas[steps.length - 1 - k] as number;
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) + (alpha - beta) * (s[i] as number);
  });
  return q;
}
