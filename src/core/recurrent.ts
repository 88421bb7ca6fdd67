/** A recurrent net over one sequence: all steps forward, and back through time with gradients worked out by hand (lesson 7). */
import {
  addOuter,
  addProduct,
  addProductBack,
  type Matrix,
  type RecurrentCell,
  type RecurrentState,
  type RecurrentStep,
} from './recurrent-cells.ts';

/** Weights of a cell: kernel `[inputs, gates × units]`, recurrent `[units, gates × units]`, bias `[gates × units]`. */
export interface RecurrentWeights {
  readonly kernel: Matrix;
  readonly recurrent: Matrix;
  readonly bias: Float64Array;
}

/** Gradients of a loss: one for each weight, and one for each input vector. */
export interface RecurrentGradients extends RecurrentWeights {
  readonly inputs: readonly Float64Array[];
}

export interface RecurrentRun {
  /** The output of every step, `[units]` each. */
  readonly outputs: readonly Float64Array[];
  /** Gradients of a loss, from its gradients by each output (zeros where it does not look at a step). */
  back(byOutput: readonly Float64Array[]): RecurrentGradients;
}

/** Runs `cell` over the input vectors in order, from a state of zeros. */
export function runRecurrent(
  cell: RecurrentCell,
  weights: RecurrentWeights,
  inputs: readonly Float64Array[],
): RecurrentRun {
  const { kernel, recurrent, bias } = weights;
  const units = recurrent.rows;
  const steps: RecurrentStep[] = [];
  let state = startState(units);
  for (const input of inputs) {
    const fromInput = bias.slice();
    addProduct(fromInput, input, kernel, 0);
    const step = cell.step(state, fromInput, recurrent);
    steps.push(step);
    state = step.state;
  }
  return {
    outputs: steps.map((step) => step.state.h),
    back(byOutput) {
      const gradients = {
        kernel: zerosLike(kernel),
        recurrent: zerosLike(recurrent),
        bias: new Float64Array(bias.length),
        inputs: inputs.map((input) => new Float64Array(input.length)),
      };
      let later = startState(units);
      for (let t = steps.length - 1; t >= 0; t--) {
        const own = byOutput[t] as Float64Array;
        // A state is heard by the loss and by the next step.
        const h = later.h.map((d, u) => d + (own[u] as number));
        const { previous, fromInput } = (steps[t] as RecurrentStep).back(
          { h, c: later.c },
          gradients.recurrent,
        );
        addOuter(gradients.kernel, inputs[t] as Float64Array, fromInput, 0);
        addProductBack(gradients.inputs[t] as Float64Array, fromInput, kernel, 0);
        fromInput.forEach((d, k) => {
          gradients.bias[k] = (gradients.bias[k] as number) + d;
        });
        later = previous;
      }
      return gradients;
    },
  };
}

function startState(units: number): RecurrentState {
  return { h: new Float64Array(units), c: new Float64Array(units) };
}

function zerosLike({ rows, columns }: Matrix): Matrix {
  return { rows, columns, data: new Float64Array(rows * columns) };
}
