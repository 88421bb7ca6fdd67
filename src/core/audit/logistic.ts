/**
 * Multinomial logistic regression with a ridge, solved to its one optimum: the plainest model that turns facts into class probabilities.
 * Minimises `strength · Σ −ln p(class) + ½ Σ w²` without a ridge on the intercepts, as scikit-learn's LogisticRegression(C = strength) does.
 */

/** Rows of facts, row by row. */
export interface Design {
  readonly values: Float64Array;
  readonly columns: number;
  readonly rows: number;
  /** The row of each item, where many share one (names do); left out: an item a row. */
  readonly rowOf?: Int32Array;
}

export interface LogisticModel {
  /** Probabilities of each class for every item, item by item. */
  predict(design: Design): Float64Array;
  /** Column by column, the intercepts last; within each class by class. */
  readonly weights: Float64Array;
}

const memory = 10;

/**
 * Fits by L-BFGS (Liu, Nocedal 1989) with a backtracking line search. `truth`: class of each item, 0..classes-1. `from`: weights of a model of
 * the same shape to begin at. Throws RangeError without rows or for fewer than two classes.
 */
export function fitLogistic(
  design: Design,
  truth: ArrayLike<number>,
  classes: number,
  {
    strength = 1,
    tolerance = 1e-5,
    rounds = 300,
    from,
  }: { strength?: number; tolerance?: number; rounds?: number; from?: Float64Array } = {},
): LogisticModel {
  const { values, columns, rows } = design;
  if (rows === 0 || classes < 2) throw new RangeError('rows and at least two classes are needed');
  const items = design.rowOf?.length ?? rows;
  // Items of one row differ in their class alone, so a row is looked at once however many items it has.
  const counts = new Float64Array(rows * classes);
  const sizes = new Float64Array(rows);
  for (let i = 0; i < items; i++) {
    const row = design.rowOf?.[i] ?? i;
    const at = row * classes + (truth[i] ?? 0);
    counts[at] = (counts[at] as number) + 1;
    sizes[row] = (sizes[row] as number) + 1;
  }
  const scores = new Float64Array(classes);
  // Everything is divided by strength · items, so that one tolerance fits all sizes.
  const ridge = 1 / (strength * items);
  const intercepts = columns * classes;
  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let r = 0; r < rows; r++) {
      const size = sizes[r] as number;
      if (size === 0) continue;
      computeScores(design, r, w, scores);
      let own = 0;
      for (let c = 0; c < classes; c++) own += (counts[r * classes + c] as number) * (scores[c] as number);
      loss += size * softmaxInPlace(scores) - own;
      for (let c = 0; c < classes; c++)
        scores[c] = size * (scores[c] as number) - (counts[r * classes + c] as number);
      for (let d = 0; d < columns; d++) {
        const x = values[r * columns + d] as number;
        if (x === 0) continue;
        const at = d * classes;
        for (let c = 0; c < classes; c++)
          gradient[at + c] = (gradient[at + c] as number) + (scores[c] as number) * x;
      }
      for (let c = 0; c < classes; c++)
        gradient[intercepts + c] = (gradient[intercepts + c] as number) + (scores[c] as number);
    }
    let penalty = 0;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i] = (gradient[i] as number) / items;
      if (i >= intercepts) continue;
      penalty += (w[i] as number) ** 2;
      gradient[i] = (gradient[i] as number) + ridge * (w[i] as number);
    }
    return loss / items + (ridge * penalty) / 2;
  };
  const start = Float64Array.from(from ?? new Float64Array((columns + 1) * classes));
  const weights = minimise(start, evaluate, tolerance, rounds);
  return {
    weights,
    predict: (other) => {
      const byRow = new Float64Array(other.rows * classes);
      for (let r = 0; r < other.rows; r++) {
        const row = byRow.subarray(r * classes, (r + 1) * classes);
        computeScores(other, r, weights, row);
        softmaxInPlace(row);
      }
      if (other.rowOf === undefined) return byRow;
      const out = new Float64Array(other.rowOf.length * classes);
      for (const [i, row] of other.rowOf.entries())
        out.set(byRow.subarray(row * classes, (row + 1) * classes), i * classes);
      return out;
    },
  };
}

function computeScores({ values, columns }: Design, row: number, w: Float64Array, into: Float64Array): void {
  const classes = into.length;
  for (let c = 0; c < classes; c++) into[c] = w[columns * classes + c] as number;
  for (let d = 0; d < columns; d++) {
    const x = values[row * columns + d] as number;
    if (x === 0) continue;
    for (let c = 0; c < classes; c++) into[c] = (into[c] as number) + x * (w[d * classes + c] as number);
  }
}

/** Turns scores into probabilities; returns ln Σ exp(score), so that ln p(c) is the score of c less that. */
function softmaxInPlace(scores: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < scores.length; c++) if ((scores[c] as number) > most) most = scores[c] as number;
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    scores[c] = Math.exp((scores[c] as number) - most);
    sum += scores[c] as number;
  }
  for (let c = 0; c < scores.length; c++) scores[c] = (scores[c] as number) / sum;
  return most + Math.log(sum);
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** `a + scale · b`, written into `out`. */
function addScaled(a: Float64Array, scale: number, b: Float64Array, out: Float64Array): Float64Array {
  for (let i = 0; i < out.length; i++) out[i] = (a[i] as number) + scale * (b[i] as number);
  return out;
}

function isFlat(gradient: Float64Array, tolerance: number): boolean {
  for (let i = 0; i < gradient.length; i++) if (Math.abs(gradient[i] as number) > tolerance) return false;
  return true;
}

function minimise(
  start: Float64Array<ArrayBuffer>,
  evaluate: (w: Float64Array, gradient: Float64Array) => number,
  tolerance: number,
  rounds: number,
): Float64Array {
  const size = start.length;
  let w = start;
  let next = new Float64Array(size);
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  let value = evaluate(w, gradient);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let round = 0; round < rounds && !isFlat(gradient, tolerance); round++) {
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
      addScaled(w, length, direction, next);
      const nextValue = evaluate(next, nextGradient);
      if (!(nextValue <= value + 1e-4 * length * slope)) continue;
      const s = addScaled(next, -1, w, new Float64Array(size));
      const y = addScaled(nextGradient, -1, gradient, new Float64Array(size));
      const curvature = dot(s, y);
      if (curvature > 1e-14) {
        steps.push({ s, y, rho: 1 / curvature });
        if (steps.length > memory) steps.shift();
      }
      [w, next] = [next, w];
      [gradient, nextGradient] = [nextGradient, gradient];
      value = nextValue;
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
    addScaled(q, -alpha, y, q);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  }
  steps.forEach(({ s, y, rho }, k) => {
    const beta = rho * dot(y, q);
    addScaled(q, (alphas[steps.length - 1 - k] as number) - beta, s, q);
  });
  return q;
}
