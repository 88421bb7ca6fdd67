/** The last blocks of a backbone as layers that training may move, with the weights the backbone came with. */
import { AppError } from '../../core/errors.ts';
import type { Trunk } from '../backbones/trunk.ts';
import type { ConvStep, Pads, PoolStep, TrunkStep } from '../backbones/trunk-steps.ts';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import { UpsampleTwice } from './upsample-twice.layer.ts';

type Layer = InstanceType<typeof tf.layers.Layer>;

/** Layer name of the step that makes `output`: what file formats and TensorFlow.js accept, unique as tensors are. */
export function nameTrunkLayer(output: string): string {
  return `trunk-${output.replaceAll(/[^\w-]/g, '_')}`;
}

/**
 * Lays the trunk's layers behind `input` (`[n, h, w, cut.channels]`) and gives the taps by name, `[n, h', w', channels]`.
 * Call inside a tidy, as all building of models.
 */
export function connectTrunk(trunk: Trunk, input: SymbolicTensor): ReadonlyMap<string, SymbolicTensor> {
  const tensors = new Map<string, SymbolicTensor>([[trunk.cut.tensor, input]]);
  /** Tensors that are never below nought: those may be padded with noughts before a maximum is taken. */
  const positive = new Set<string>(trunk.cut.isPositive ? [trunk.cut.tensor] : []);
  for (const step of trunk.steps) {
    const inputs = step.inputs.map((name) => tensors.get(name) as SymbolicTensor);
    tensors.set(step.output, applyStep(step, inputs, positive));
    const keeps = step.kind !== 'conv' && step.inputs.every((name) => positive.has(name));
    if (step.kind === 'relu' || keeps) positive.add(step.output);
  }
  return new Map(trunk.taps.map((tap) => [tap, tensors.get(tap) as SymbolicTensor]));
}

function applyStep(
  step: TrunkStep,
  inputs: readonly SymbolicTensor[],
  positive: ReadonlySet<string>,
): SymbolicTensor {
  const [x] = inputs as [SymbolicTensor];
  const name = nameTrunkLayer(step.output);
  switch (step.kind) {
    case 'conv':
      return applyConv(step, x, name);
    case 'relu': {
      const config = step.max === null ? { name } : { name, maxValue: step.max };
      return tf.layers.reLU(config).apply(x) as SymbolicTensor;
    }
    case 'add':
      return tf.layers.add({ name }).apply([...inputs]) as SymbolicTensor;
    case 'concat':
      return tf.layers.concatenate({ name, axis: 3 }).apply([...inputs]) as SymbolicTensor;
    case 'double':
      return new UpsampleTwice({ name }).apply(x) as SymbolicTensor;
    case 'same':
      return x;
    case 'crop':
      return tf.layers.cropping2D({ name, cropping: toSides(step.edges) }).apply(x) as SymbolicTensor;
    case 'pad':
      return tf.layers.zeroPadding2d({ name, padding: toSides(step.edges) }).apply(x) as SymbolicTensor;
    case 'max-pool':
    case 'average-pool':
      return applyPool(step, x, name, positive);
  }
}

function applyConv(step: ConvStep, x: SymbolicTensor, name: string): SymbolicTensor {
  const [height, width] = step.kernelShape;
  const { source, padding } = pad(step, [height, width], x, name);
  const common = {
    name,
    kernelSize: [height, width] as [number, number],
    strides: [...step.strides] as [number, number],
    padding,
  };
  const layer: Layer = step.depthwise
    ? tf.layers.depthwiseConv2d({ ...common, depthMultiplier: 1 })
    : tf.layers.conv2d({ ...common, filters: step.kernelShape[3] });
  const y = layer.apply(source) as SymbolicTensor;
  layer.setWeights([tf.tensor4d(step.kernel, [...step.kernelShape]), tf.tensor1d(step.bias)]);
  return y;
}

function applyPool(
  step: PoolStep,
  x: SymbolicTensor,
  name: string,
  positive: ReadonlySet<string>,
): SymbolicTensor {
  const pads = step.roundsUp ? roundUp(step, x) : step.pads;
  const isPadded = pads.some((value) => value > 0);
  if (step.kind === 'max-pool' && isPadded && !positive.has(step.inputs[0] as string)) {
    throw new AppError({
      code: 'backbone/not-trainable',
      message:
        'The last blocks of this backbone cannot be trained: a maximum is taken over padded values that may be negative. No training was started.',
      hint: 'Choose the recipe that trains the head alone, or another backbone.',
      details: { output: step.output },
    });
  }
  // Without padding of its own TensorFlow's average counts the noughts laid around.
  const { source, padding } = step.countsPads
    ? layAround(pads, x, name)
    : pad({ pads, strides: step.strides }, step.size, x, name);
  const config = {
    name,
    poolSize: [...step.size] as [number, number],
    strides: [...step.strides] as [number, number],
    padding,
  };
  const layer =
    step.kind === 'max-pool' ? tf.layers.maxPooling2d(config) : tf.layers.averagePooling2d(config);
  return layer.apply(source) as SymbolicTensor;
}

/** TensorFlow pads a strided window at the far side only, ONNX where the file says: noughts are laid around first where they differ. */
function pad(
  { pads, strides }: { readonly pads: Pads; readonly strides: readonly [number, number] },
  size: readonly [number, number],
  x: SymbolicTensor,
  name: string,
): { source: SymbolicTensor; padding: 'same' | 'valid' } {
  if (pads.every((value) => value === 0)) return { source: x, padding: 'valid' };
  if (isCentred({ pads, strides }, size)) return { source: x, padding: 'same' };
  return layAround(pads, x, name);
}

/** True where TensorFlow's `same` lays around what the file says: an odd window that steps by one. */
export function isCentred(
  {
    pads: [top, left, bottom, right],
    strides,
  }: { readonly pads: Pads; readonly strides: readonly [number, number] },
  size: readonly [number, number],
): boolean {
  return (
    strides[0] === 1 &&
    strides[1] === 1 &&
    top === bottom &&
    left === right &&
    2 * top + 1 === size[0] &&
    2 * left + 1 === size[1]
  );
}

/** Noughts around a map, for a window that has no padding of its own. */
function layAround(
  pads: Pads,
  x: SymbolicTensor,
  name: string,
): { source: SymbolicTensor; padding: 'valid' } {
  if (pads.every((value) => value === 0)) return { source: x, padding: 'valid' };
  const layer = tf.layers.zeroPadding2d({ name: `${name}-pad`, padding: toSides(pads) });
  return { source: layer.apply(x) as SymbolicTensor, padding: 'valid' };
}

/** Pads with as many more rows and columns below and to the right as a last window that sticks out needs. */
function roundUp({ pads, size, strides }: PoolStep, x: SymbolicTensor): Pads {
  const [top, left, bottom, right] = pads;
  const after = (cells: number, before: number, own: number, i: 0 | 1): number => {
    const free = cells + before + own - size[i];
    let windows = Math.ceil(free / strides[i]) + 1;
    // No window lies in the padding alone.
    if ((windows - 1) * strides[i] >= cells + before) windows--;
    return Math.max(own, (windows - 1) * strides[i] + size[i] - cells - before);
  };
  const [, rows = 0, columns = 0] = x.shape as number[];
  return [top, left, after(rows, top, bottom, 0), after(columns, left, right, 1)];
}

const toSides = ([top, left, bottom, right]: Pads): [[number, number], [number, number]] => [
  [top, bottom],
  [left, right],
];
