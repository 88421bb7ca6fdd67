/** Activations: as layers of their own, and as the last part of convolutions and dense layers. */
import type { HeadTensor } from '../head-graph.ts';
import { type LayerCall, type LayerTranslators, onlyInput, untranslatable } from '../layer-translator.ts';

/** Activations of one op without settings, by tfjs' name. */
const plainOps: Readonly<Record<string, string>> = {
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softplus: 'Softplus',
  softsign: 'Softsign',
  elu: 'Elu',
  selu: 'Selu',
};

/** Applies the activation that tfjs calls `name`. */
export function activate(call: LayerCall, x: HeadTensor, name: unknown): HeadTensor {
  const { graph } = call;
  if (name === undefined || name === null || name === 'linear') return x;
  const op = typeof name === 'string' ? plainOps[name] : undefined;
  if (op !== undefined) return { ...x, name: graph.node(op, [x.name]) };
  if (name === 'softmax') return softmax(call, x, 'Softmax');
  if (name === 'log_softmax') return softmax(call, x, 'LogSoftmax');
  if (name === 'relu6') return clip(call, x, 6);
  if (name === 'swish') return { ...x, name: graph.node('Mul', [x.name, graph.node('Sigmoid', [x.name])]) };
  throw untranslatable(call, `its activation is ${JSON.stringify(name)}`);
}

/** Over the last dimension of tfjs: the channels. */
function softmax(call: LayerCall, x: HeadTensor, op: 'Softmax' | 'LogSoftmax'): HeadTensor {
  const axis = x.layout === 'NCHW' ? 1 : x.shape.length - 1;
  return { ...x, name: call.graph.node(op, [x.name], { axis }) };
}

function clip(call: LayerCall, x: HeadTensor, most: number): HeadTensor {
  const { graph } = call;
  return { ...x, name: graph.node('Clip', [x.name, graph.floats([0], []), graph.floats([most], [])]) };
}

function withAlpha(call: LayerCall, op: 'LeakyRelu' | 'Elu'): HeadTensor {
  const x = onlyInput(call);
  const alpha = { float: call.config.alpha as number };
  return { ...x, name: call.graph.node(op, [x.name], { alpha }) };
}

export const activationLayers: LayerTranslators = {
  Activation: (call) => activate(call, onlyInput(call), call.config.activation),
  ReLU: (call) => {
    const most = call.config.max_value as number | null | undefined;
    return most == null ? activate(call, onlyInput(call), 'relu') : clip(call, onlyInput(call), most);
  },
  LeakyReLU: (call) => withAlpha(call, 'LeakyRelu'),
  ELU: (call) => withAlpha(call, 'Elu'),
  Softmax: (call) => {
    const x = onlyInput(call);
    const axis = (call.config.axis as number | undefined) ?? -1;
    if (axis !== -1 && axis !== x.shape.length - 1) throw untranslatable(call, `its axis is ${axis}`);
    return softmax(call, x, 'Softmax');
  },
};
