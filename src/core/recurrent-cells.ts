/**
 * Recurrent cells from scratch, each one step forward and, by hand, one step back: what a library's cells are checked against, and short
 * enough to read. Gates lie side by side in the columns of the weights, in the order Keras has them.
 */

/** Row-major numbers. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** What a cell hands to its next step: `h` is also its output; `c`, the memory of an LSTM, stays 0 elsewhere. Both `[units]`. */
export interface RecurrentState {
  readonly h: Float64Array;
  readonly c: Float64Array;
}

/** A step taken, with all that is needed to go back over it. */
export interface RecurrentStep {
  readonly state: RecurrentState;
  /**
   * The chain rule over this step: from the gradient of its state to that of the state before, and of what came from the input
   * `[gates × units]`. Adds the gradient of the recurrent weights to `recurrentGradient`.
   */
  back(
    gradient: RecurrentState,
    recurrentGradient: Matrix,
  ): { previous: RecurrentState; fromInput: Float64Array };
}

export interface RecurrentCell {
  /** Columns of the weights for each unit. */
  readonly gates: number;
  /** One step. `fromInput` is x·kernel + bias `[gates × units]`; `recurrent` is `[units, gates × units]`. */
  step(previous: RecurrentState, fromInput: Float64Array, recurrent: Matrix): RecurrentStep;
}

/** An activation, and its derivative in terms of its own value. */
interface Activation {
  of(x: number): number;
  slope(value: number): number;
}
const tanh: Activation = { of: Math.tanh, slope: (value) => 1 - value * value };
const relu: Activation = { of: (x) => Math.max(0, x), slope: (value) => (value > 0 ? 1 : 0) };
const sigmoid: Activation = { of: (x) => 1 / (1 + Math.exp(-x)), slope: (value) => value * (1 - value) };

/** h = f(x·K + b + h′·R) (Elman 1990). */
function createSimpleCell(f: Activation): RecurrentCell {
  return {
    gates: 1,
    step(previous, fromInput, recurrent) {
      const sum = fromInput.slice();
      addProduct(sum, previous.h, recurrent, 0);
      const h = sum.map(f.of);
      return {
        state: { h, c: new Float64Array(h.length) },
        back(gradient, recurrentGradient) {
          const dSum = gradient.h.map((d, u) => d * f.slope(h[u] as number));
          addOuter(recurrentGradient, previous.h, dSum, 0);
          const dBefore = new Float64Array(h.length);
          addProductBack(dBefore, dSum, recurrent, 0);
          return { previous: { h: dBefore, c: new Float64Array(h.length) }, fromInput: dSum };
        },
      };
    },
  };
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers 2000). Gates: input i, forget f, candidate g, output o;
 * c = f·c′ + i·g, h = o·tanh c.
 */
const lstmCell: RecurrentCell = {
  gates: 4,
  step(previous, fromInput, recurrent) {
    const units = previous.h.length;
    const sum = fromInput.slice();
    addProduct(sum, previous.h, recurrent, 0);
    const gate = (index: number, f: Activation): Float64Array =>
      sum.slice(index * units, (index + 1) * units).map(f.of);
    const [i, f, g, o] = [gate(0, sigmoid), gate(1, sigmoid), gate(2, tanh), gate(3, sigmoid)];
    const c = map(units, (u) => at(f, u) * at(previous.c, u) + at(i, u) * at(g, u));
    const shown = c.map(tanh.of);
    return {
      state: { h: map(units, (u) => at(o, u) * at(shown, u)), c },
      back(gradient, recurrentGradient) {
        // c is heard twice: by the output of this step and by the memory of the next.
        const dC = map(
          units,
          (u) => at(gradient.c, u) + at(gradient.h, u) * at(o, u) * tanh.slope(at(shown, u)),
        );
        const dSum = new Float64Array(4 * units);
        for (let u = 0; u < units; u++) {
          dSum[u] = at(dC, u) * at(g, u) * sigmoid.slope(at(i, u));
          dSum[units + u] = at(dC, u) * at(previous.c, u) * sigmoid.slope(at(f, u));
          dSum[2 * units + u] = at(dC, u) * at(i, u) * tanh.slope(at(g, u));
          dSum[3 * units + u] = at(gradient.h, u) * at(shown, u) * sigmoid.slope(at(o, u));
        }
        addOuter(recurrentGradient, previous.h, dSum, 0);
        const dBefore = new Float64Array(units);
        addProductBack(dBefore, dSum, recurrent, 0);
        return { previous: { h: dBefore, c: map(units, (u) => at(dC, u) * at(f, u)) }, fromInput: dSum };
      },
    };
  },
};

/**
 * Gated recurrent unit (Cho et al. 2014), the reset gate before the product, as in lesson 7. Gates: update z, reset r, candidate g;
 * g = tanh(x·K + b + (r·h′)·R), h = z·h′ + (1 − z)·g.
 */
const gruCell: RecurrentCell = {
  gates: 3,
  step(previous, fromInput, recurrent) {
    const units = previous.h.length;
    const sum = fromInput.slice();
    const before = previous.h;
    addProduct(sum.subarray(0, 2 * units), before, recurrent, 0);
    const z = sum.slice(0, units).map(sigmoid.of);
    const r = sum.slice(units, 2 * units).map(sigmoid.of);
    const kept = map(units, (u) => at(r, u) * at(before, u));
    addProduct(sum.subarray(2 * units), kept, recurrent, 2 * units);
    const g = sum.slice(2 * units).map(tanh.of);
    return {
      state: {
        h: map(units, (u) => at(z, u) * at(before, u) + (1 - at(z, u)) * at(g, u)),
        c: new Float64Array(units),
      },
      back(gradient, recurrentGradient) {
        const dSum = new Float64Array(3 * units);
        const dKept = new Float64Array(units);
        for (let u = 0; u < units; u++) {
          const d = at(gradient.h, u);
          dSum[u] = d * (at(before, u) - at(g, u)) * sigmoid.slope(at(z, u));
          dSum[2 * units + u] = d * (1 - at(z, u)) * tanh.slope(at(g, u));
        }
        addOuter(recurrentGradient, kept, dSum.subarray(2 * units), 2 * units);
        addProductBack(dKept, dSum.subarray(2 * units), recurrent, 2 * units);
        for (let u = 0; u < units; u++)
          dSum[units + u] = at(dKept, u) * at(before, u) * sigmoid.slope(at(r, u));
        addOuter(recurrentGradient, before, dSum.subarray(0, 2 * units), 0);
        const dBefore = map(units, (u) => at(gradient.h, u) * at(z, u) + at(dKept, u) * at(r, u));
        addProductBack(dBefore, dSum.subarray(0, 2 * units), recurrent, 0);
        return { previous: { h: dBefore, c: new Float64Array(units) }, fromInput: dSum };
      },
    };
  },
};

/** All cells by name. `simple-relu` is the lesson's, `simple-tanh` the textbooks'. */
export const recurrentCells = {
  'simple-tanh': createSimpleCell(tanh),
  'simple-relu': createSimpleCell(relu),
  lstm: lstmCell,
  gru: gruCell,
} as const satisfies Readonly<Record<string, RecurrentCell>>;

/** Adds vector · (the columns of `matrix` from `firstColumn` on, as many as `out` holds) to `out`. */
export function addProduct(
  out: Float64Array,
  vector: Float64Array,
  matrix: Matrix,
  firstColumn: number,
): void {
  for (let row = 0; row < matrix.rows; row++) {
    const start = row * matrix.columns + firstColumn;
    for (let k = 0; k < out.length; k++) out[k] = at(out, k) + at(vector, row) * at(matrix.data, start + k);
  }
}

/** Adds the gradient of such a product's vector to `out`: `gradient` · the columns, transposed. */
export function addProductBack(
  out: Float64Array,
  gradient: Float64Array,
  matrix: Matrix,
  firstColumn: number,
): void {
  for (let row = 0; row < matrix.rows; row++) {
    const start = row * matrix.columns + firstColumn;
    for (let k = 0; k < gradient.length; k++)
      out[row] = at(out, row) + at(gradient, k) * at(matrix.data, start + k);
  }
}

/** Adds the gradient of such a product's matrix to those columns of `into`: vector ⊗ `gradient`. */
export function addOuter(
  into: Matrix,
  vector: Float64Array,
  gradient: Float64Array,
  firstColumn: number,
): void {
  for (let row = 0; row < into.rows; row++) {
    const start = row * into.columns + firstColumn;
    for (let k = 0; k < gradient.length; k++)
      into.data[start + k] = at(into.data, start + k) + at(vector, row) * at(gradient, k);
  }
}

function map(units: number, of: (u: number) => number): Float64Array {
  return Float64Array.from({ length: units }, (_, u) => of(u));
}

function at(list: Float64Array, index: number): number {
  return list[index] as number;
}
