/** Recurrent layers that give the state after the last step of a row. ONNX has the same cells; gates stand in another order. */
import type { HeadTensor } from '../head-graph.ts';
import {
  type LayerCall,
  type LayerTranslators,
  onlyInput,
  requireWeight,
  untranslatable,
} from '../layer-translator.ts';

interface Cell {
  readonly op: 'RNN' | 'GRU' | 'LSTM';
  /** Where each gate of ONNX stands among those of tfjs. */
  readonly gates: readonly number[];
}

const cells: Readonly<Record<string, Cell>> = {
  SimpleRNN: { op: 'RNN', gates: [0] },
  // Both: update, reset, new state.
  GRU: { op: 'GRU', gates: [0, 1, 2] },
  // ONNX: input, output, forget, new state; tfjs: input, forget, new state, output.
  LSTM: { op: 'LSTM', gates: [0, 3, 1, 2] },
};

const activations: Readonly<Record<string, string>> = { relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid' };

/** `[n, steps, channels]` to `[n, units]`. */
function runCell(call: LayerCall, { op, gates }: Cell): HeadTensor {
  const { graph, config } = call;
  for (const setting of ['return_sequences', 'return_state', 'go_backwards', 'stateful', 'reset_after'])
    if (config[setting] === true) throw untranslatable(call, `its setting ${setting} is on`);
  const kernel = requireWeight(call, 'kernel');
  const recurrent = requireWeight(call, 'recurrent_kernel');
  const units = recurrent.shape[0] as number;
  const bias = call.weights.get('bias')?.data ?? new Float32Array(gates.length * units);
  // ONNX adds a second bias to the recurrent part.
  const biases = [...orderGates(bias, 1, units, gates), ...new Float32Array(gates.length * units)];
  const inputs = [
    graph.node('Transpose', [onlyInput(call).name], { perm: [1, 0, 2] }),
    graph.floats(orderGates(kernel.data, kernel.shape[0] as number, units, gates), [
      1,
      gates.length * units,
      kernel.shape[0] as number,
    ]),
    graph.floats(orderGates(recurrent.data, units, units, gates), [1, gates.length * units, units]),
    graph.floats(biases, [1, biases.length]),
  ];
  const states = graph.node(op, inputs, {
    hidden_size: units,
    activations: { strings: nameActivations(call, op) },
  });
  const last = graph.node('Gather', [states, graph.integers([-1])], { axis: 0 });
  const name = graph.node('Reshape', [last, graph.integers([-1, units])]);
  return { name, shape: call.shape, layout: 'plain' };
}

/** From tfjs' `[rows, gates × units]` to ONNX' `[gates × units, rows]`. */
function orderGates(
  values: ArrayLike<number>,
  rows: number,
  units: number,
  gates: readonly number[],
): Float32Array {
  const out = new Float32Array(values.length);
  gates.forEach((from, gate) => {
    for (let unit = 0; unit < units; unit++)
      for (let row = 0; row < rows; row++)
        out[(gate * units + unit) * rows + row] = values[
          row * gates.length * units + from * units + unit
        ] as number;
  });
  return out;
}

/** In the order of the op: of the gates where it has any, of the new state and, for the LSTM, of the output. */
function nameActivations(call: LayerCall, op: Cell['op']): string[] {
  const nameOf = (setting: string): string => {
    const name = activations[String(call.config[setting])];
    if (name === undefined)
      throw untranslatable(call, `its ${setting} is ${JSON.stringify(call.config[setting])}`);
    return name;
  };
  const state = nameOf('activation');
  if (op === 'RNN') return [state];
  const gate = nameOf('recurrent_activation');
  return op === 'GRU' ? [gate, state] : [gate, state, state];
}

export const recurrentLayers: LayerTranslators = Object.fromEntries(
  Object.entries(cells).map(([className, cell]) => [className, (call: LayerCall) => runCell(call, cell)]),
);
