/** Recurrent nets: our hand-written gradients against differences, and the library's layers against ours, on every backend. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../src/core/random.ts';
import { type RecurrentWeights, runRecurrent } from '../../src/core/recurrent.ts';
import { type Matrix, recurrentCells } from '../../src/core/recurrent-cells.ts';
import { type Tensor, tf, type Variable } from '../../src/engine/backends/tf.ts';
import { listAvailableBackends } from '../helpers/backends.ts';

type CellName = keyof typeof recurrentCells;
const cellNames = Object.keys(recurrentCells) as CellName[];

const INPUTS = 3;
const UNITS = 4;
const STEPS = 5;
const SEQUENCES = 3;
/** Float64 against central differences: what is left is their own error. */
const DIFFERENCE_TOLERANCE = 1e-7;
/** Float32 of a backend against float64, relative to the largest number. */
const BACKEND_TOLERANCE = 2e-5;

function draw(random: Random, length: number): Float64Array {
  return Float64Array.from({ length }, () => 0.7 * random.gaussian());
}

function drawMatrix(random: Random, rows: number, columns: number): Matrix {
  return { rows, columns, data: draw(random, rows * columns) };
}

/** Weights, sequences, and how much a loss minds each output of each step. */
function drawCase(name: CellName) {
  const random = createRandom(11).fork(name);
  const columns = recurrentCells[name].gates * UNITS;
  const weights: RecurrentWeights = {
    kernel: drawMatrix(random, INPUTS, columns),
    recurrent: drawMatrix(random, UNITS, columns),
    // Above 0, so that rectified units are awake.
    bias: draw(random, columns).map(Math.abs),
  };
  const lists = (size: number): Float64Array[][] =>
    Array.from({ length: SEQUENCES }, () => Array.from({ length: STEPS }, () => draw(random, size)));
  return { weights, sequences: lists(INPUTS), minded: lists(UNITS) };
}

describe.each(cellNames)('a recurrent net of %s cells, by hand', (name) => {
  const cell = recurrentCells[name];
  const { weights, sequences, minded } = drawCase(name);
  const inputs = sequences[0] as Float64Array[];
  const byOutput = minded[0] as Float64Array[];
  const lossNow = (): number =>
    runRecurrent(cell, weights, inputs).outputs.reduce(
      (sum, output, t) => sum + output.reduce((part, h, u) => part + h * (byOutput[t]?.[u] as number), 0),
      0,
    );

  test('has the gradients that differences have, of every weight and every input', () => {
    const gradients = runRecurrent(cell, weights, inputs).back(byOutput);
    const pairs: [string, Float64Array, Float64Array][] = [
      ['kernel', weights.kernel.data, gradients.kernel.data],
      ['recurrent', weights.recurrent.data, gradients.recurrent.data],
      ['bias', weights.bias, gradients.bias],
      ...inputs.map((input, t): [string, Float64Array, Float64Array] => [
        `input ${t}`,
        input,
        gradients.inputs[t] as Float64Array,
      ]),
    ];
    const step = 1e-5;
    for (const [what, values, gradient] of pairs) {
      for (let i = 0; i < values.length; i++) {
        const value = values[i] as number;
        values[i] = value + step;
        const above = lossNow();
        values[i] = value - step;
        const below = lossNow();
        values[i] = value;
        const gap = Math.abs((above - below) / (2 * step) - (gradient[i] as number));
        expect(gap, `${what} ${i}`).toBeLessThan(DIFFERENCE_TOLERANCE);
      }
    }
  });

  test('remembers: an early input is heard in the last output', () => {
    const onlyLast = byOutput.map((d, t) => (t === STEPS - 1 ? d : new Float64Array(UNITS)));
    const { inputs: byInput } = runRecurrent(cell, weights, inputs).back(onlyLast);
    expect(Math.max(...(byInput[0] as Float64Array).map(Math.abs))).toBeGreaterThan(1e-6);
  });
});

function createLayer(name: CellName) {
  const common = { units: UNITS, returnSequences: true } as const;
  if (name === 'lstm') return tf.layers.lstm({ ...common, recurrentActivation: 'sigmoid' });
  if (name === 'gru') return tf.layers.gru({ ...common, recurrentActivation: 'sigmoid' });
  return tf.layers.simpleRNN({ ...common, activation: name === 'simple-relu' ? 'relu' : 'tanh' });
}

function expectNear(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  const gaps = Array.from(expected, (value, i) => Math.abs((actual[i] as number) - value) / scale);
  expect(Math.max(...gaps), what).toBeLessThan(BACKEND_TOLERANCE);
}

/** Lists of equal length under one another. */
function concat(lists: readonly Float64Array[]): number[] {
  return lists.flatMap((list) => [...list]);
}

describe.each(listAvailableBackends())('the layers of TensorFlow.js on $id', (backend) => {
  beforeAll(() => backend.start());

  test.each(cellNames)('give the outputs and the gradients of our %s cells', (name) => {
    const { weights, sequences, minded } = drawCase(name);
    const { kernel, recurrent, bias } = weights;
    const runs = sequences.map((inputs) => runRecurrent(recurrentCells[name], weights, inputs));
    const gradients = runs.map((run, s) => run.back(minded[s] as Float64Array[]));
    const sum = (pick: (one: (typeof gradients)[number]) => Float64Array): number[] =>
      gradients
        .map(pick)
        .reduce<number[]>((total, one) => Array.from(one, (v, i) => v + (total[i] ?? 0)), []);

    const before = tf.memory().numTensors;
    const layer = createLayer(name);
    const x = tf.tidy(() => tf.variable(tf.tensor(concat(sequences.flat()), [SEQUENCES, STEPS, INPUTS])));
    const mind = tf.tensor(concat(minded.flat()), [SEQUENCES, STEPS, UNITS]);
    // Its weights are there after the first call.
    tf.dispose(layer.apply(x) as Tensor);
    const given = [
      tf.tensor(Float32Array.from(kernel.data), [INPUTS, kernel.columns]),
      tf.tensor(Float32Array.from(recurrent.data), [UNITS, kernel.columns]),
      tf.tensor(Float32Array.from(bias), [kernel.columns]),
    ];
    layer.setWeights(given);
    const outputs = layer.apply(x) as Tensor;
    expectNear('outputs', outputs.dataSync(), concat(runs.flatMap((run) => run.outputs)));

    const variables = layer.trainableWeights.map((weight) => weight.read() as Variable);
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.mul(layer.apply(x) as Tensor, mind)) as never,
      [...variables, x],
    );
    const byHand = [
      sum((one) => one.kernel.data),
      sum((one) => one.recurrent.data),
      sum((one) => one.bias),
      concat(gradients.flatMap((one) => one.inputs)),
    ];
    for (const [i, variable] of [...variables, x].entries())
      expectNear(variable.name, (grads[variable.name] as Tensor).dataSync(), byHand[i] as number[]);

    layer.dispose();
    tf.dispose([x, mind, outputs, value, grads, ...given]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
