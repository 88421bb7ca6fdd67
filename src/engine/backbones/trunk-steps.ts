/** One ONNX operation of a trunk, read into the form in which it is trained: channels last, weights as plain numbers. */
import { AppError } from '../../core/errors.ts';
import type { OnnxConstants } from './onnx-constants.ts';
import type { OnnxGraphNode } from './onnx-graph.ts';
import { ELEMENT } from './onnx-writer.ts';

/** Zero rows and columns added before a window slides: `[top, left, bottom, right]`. */
export type Pads = readonly [number, number, number, number];

interface Named {
  /** The tensor it makes; also the name of its weights. */
  readonly output: string;
  /** The tensors it reads, constants left out. */
  readonly inputs: readonly string[];
}

export interface ConvStep extends Named {
  readonly kind: 'conv';
  /** One filter a channel. */
  readonly depthwise: boolean;
  /** `[kh, kw, in, out]`; depthwise `[kh, kw, channels, 1]`. */
  readonly kernelShape: readonly [number, number, number, number];
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly strides: readonly [number, number];
  readonly pads: Pads;
}

export interface PoolStep extends Named {
  readonly kind: 'max-pool' | 'average-pool';
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly pads: Pads;
  /** A last window that sticks out of the map counts too. */
  readonly roundsUp: boolean;
  /** Of an average: whether padding is averaged in as noughts, or left out of the count. */
  readonly countsPads: boolean;
}

/** Rows and columns left out of a map, or noughts laid around it: `[top, left, bottom, right]`. */
export interface EdgeStep extends Named {
  readonly kind: 'crop' | 'pad';
  readonly edges: Pads;
}

export type TrunkStep =
  | ConvStep
  | PoolStep
  | EdgeStep
  | (Named & { readonly kind: 'relu'; readonly max: number | null })
  | (Named & { readonly kind: 'add' | 'concat' | 'double' | 'same' });

/** A convolution or another node, with the batch norm that follows it. */
export interface FoldedNode {
  readonly node: OnnxGraphNode;
  readonly norm?: OnnxGraphNode;
}

const NO_PADS: Pads = [0, 0, 0, 0];

/** Attributes by kind; undefined where the node has none of that name and kind. */
const ints = (node: OnnxGraphNode, name: string): readonly number[] | undefined => {
  const value = node.attributes[name];
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
};
const number = (node: OnnxGraphNode, name: string): number | undefined => {
  const value = node.attributes[name];
  return typeof value === 'number' ? value : undefined;
};
const text = (node: OnnxGraphNode, name: string): string | undefined => {
  const value = node.attributes[name];
  return typeof value === 'string' ? value : undefined;
};
const pairOf = (values: readonly number[] | undefined, otherwise: number): [number, number] => [
  values?.[0] ?? otherwise,
  values?.[1] ?? otherwise,
];

/** How much coarser a node makes its input: 2 for a convolution of stride 2, ½ for a doubling. */
export function strideOf(node: OnnxGraphNode, constants: OnnxConstants): number {
  if (node.opType === 'Resize' || node.opType === 'Upsample') return 1 / scaleOf(node, constants);
  const slides = node.opType === 'Conv' || node.opType === 'MaxPool' || node.opType === 'AveragePool';
  return slides ? (ints(node, 'strides')?.[0] ?? 1) : 1;
}

function scaleOf(node: OnnxGraphNode, constants: OnnxConstants): number {
  const scales = constants.find(node.inputs[node.opType === 'Upsample' ? 1 : 2] ?? '');
  return scales === undefined ? 1 : (scales.toFloat32()[2] ?? 1);
}

/** Joins each batch norm to the convolution before it, where nothing else reads that convolution (Jacob et al. 2018, 3.2). */
export function foldNorms(nodes: readonly OnnxGraphNode[], constants: OnnxConstants): FoldedNode[] {
  const readers = new Map<string, OnnxGraphNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (!constants.has(input)) readers.set(input, [...(readers.get(input) ?? []), node]);
    }
  }
  const joined = new Set<OnnxGraphNode>();
  const folded: FoldedNode[] = [];
  for (const node of nodes) {
    if (joined.has(node)) continue;
    const next = readers.get(node.outputs[0] as string) ?? [];
    const [norm] = next;
    if (node.opType === 'Conv' && next.length === 1 && norm?.opType === 'BatchNormalization') {
      joined.add(norm);
      folded.push({ node, norm });
    } else folded.push({ node });
  }
  return folded;
}

/** Reads one node. Throws `backbone/not-trainable` for an operation without a trainable form here; `backbone` names the net in the message. */
export function readStep({ node, norm }: FoldedNode, constants: OnnxConstants, backbone: string): TrunkStep {
  const named: Named = {
    output: (norm ?? node).outputs[0] as string,
    inputs: node.inputs.filter((name) => name !== '' && !constants.has(name)),
  };
  const refuse = (why: string): AppError => notTrainable(backbone, node, why);
  const pads = (): Pads => {
    const auto = text(node, 'auto_pad');
    if (auto !== undefined && auto !== 'NOTSET' && auto !== 'VALID') throw refuse('it pads by itself');
    const [top, left, bottom, right] = ints(node, 'pads') ?? NO_PADS;
    return [top ?? 0, left ?? 0, bottom ?? 0, right ?? 0];
  };
  switch (node.opType) {
    case 'Conv':
      return { ...named, ...readConv(node, norm, constants, refuse), pads: pads() };
    case 'Relu':
      return { ...named, kind: 'relu', max: null };
    case 'Clip': {
      const low = constants.find(node.inputs[1] ?? '')?.toFloat32()[0] ?? number(node, 'min');
      const high = constants.find(node.inputs[2] ?? '')?.toFloat32()[0] ?? number(node, 'max');
      if (low !== 0) throw refuse('it does not clip at nought');
      return { ...named, kind: 'relu', max: high ?? null };
    }
    case 'Add':
    case 'Sum':
      if (named.inputs.length < 2) throw refuse('it adds a constant');
      return { ...named, kind: 'add' };
    case 'Concat':
      if (number(node, 'axis') !== 1) throw refuse('it joins along another axis than the channels');
      return { ...named, kind: 'concat' };
    case 'MaxPool':
    case 'AveragePool': {
      if ((ints(node, 'dilations') ?? []).some((dilation) => dilation !== 1)) throw refuse('it is dilated');
      const step: PoolStep = {
        ...named,
        kind: node.opType === 'MaxPool' ? 'max-pool' : 'average-pool',
        size: pairOf(ints(node, 'kernel_shape'), 1),
        strides: pairOf(ints(node, 'strides'), 1),
        pads: pads(),
        roundsUp: number(node, 'ceil_mode') === 1,
        countsPads: number(node, 'count_include_pad') === 1,
      };
      if (step.kind === 'average-pool' && step.roundsUp) throw refuse('it rounds its size up');
      if (step.kind === 'average-pool' && !step.countsPads && !isEven(step))
        throw refuse('it leaves uneven padding out of its count');
      return step;
    }
    case 'Slice': {
      const edges = readCrop(node, constants);
      if (edges === undefined) throw refuse('it leaves out more than rows and columns at the edges');
      return { ...named, kind: 'crop', edges };
    }
    case 'Pad': {
      const edges = readBorder(node, constants);
      if (edges === undefined) throw refuse('it pads otherwise than with noughts around the map');
      return { ...named, kind: 'pad', edges };
    }
    case 'Resize':
    case 'Upsample':
      if (scaleOf(node, constants) !== 2 || text(node, 'mode') !== 'nearest')
        throw refuse('it enlarges otherwise than by doubling');
      return { ...named, inputs: named.inputs.slice(0, 1), kind: 'double' };
    case 'Cast':
      if (number(node, 'to') !== ELEMENT.float) throw refuse('it changes to another kind of number');
      return { ...named, kind: 'same' };
    case 'Identity':
    case 'Dropout':
      return { ...named, kind: 'same' };
    default:
      throw refuse('there is no trainable form of it here');
  }
}

/** No padding at all, or as TensorFlow lays it around a window that moves by single cells: the same on every side of each axis. */
function isEven({ pads: [top, left, bottom, right], size, strides }: PoolStep): boolean {
  if (top + left + bottom + right === 0) return true;
  const isCentred = 2 * top + 1 === size[0] && 2 * left + 1 === size[1];
  return isCentred && top === bottom && left === right && strides.every((stride) => stride === 1);
}

/** A list that is an input since some opset and was an attribute before. */
function listOf(
  node: OnnxGraphNode,
  at: number,
  name: string,
  constants: OnnxConstants,
): readonly number[] | undefined {
  const constant = constants.find(node.inputs[at] ?? '');
  return constant === undefined ? ints(node, name) : [...constant.toFloat32()];
}

/** Ends at or beyond this are "to the end", however a file writes it. */
const TO_THE_END = 2 ** 30;

/** What a Slice leaves out at the edges of rows and columns; undefined where it does anything else. */
function readCrop(node: OnnxGraphNode, constants: OnnxConstants): Pads | undefined {
  const starts = listOf(node, 1, 'starts', constants);
  const ends = listOf(node, 2, 'ends', constants);
  const axes = listOf(node, 3, 'axes', constants) ?? starts?.map((_, i) => i);
  const steps = listOf(node, 4, 'steps', constants) ?? [];
  if (starts === undefined || ends === undefined || steps.some((step) => step !== 1)) return undefined;
  const edges: [number, number, number, number] = [0, 0, 0, 0];
  for (const [i, axis] of (axes ?? []).entries()) {
    const start = starts[i] ?? 0;
    const end = ends[i] ?? TO_THE_END;
    const after = end >= TO_THE_END ? 0 : -end;
    const at = (axis + 4) % 4;
    if (start < 0 || after < 0) return undefined;
    if (at >= 2) {
      edges[at - 2] = start;
      edges[at] = after;
    } else if (start > 0 || after > 0) return undefined;
  }
  return edges;
}

/** Noughts that a Pad lays around rows and columns; undefined where it does anything else. */
function readBorder(node: OnnxGraphNode, constants: OnnxConstants): Pads | undefined {
  const pads = listOf(node, 1, 'pads', constants);
  const value = listOf(node, 2, 'value', constants)?.[0] ?? number(node, 'value') ?? 0;
  const isPlain = (text(node, 'mode') ?? 'constant') === 'constant' && value === 0;
  const hasAxes = (node.inputs[3] ?? '') !== '';
  if (!isPlain || hasAxes || pads?.length !== 8 || pads.some((pad) => pad < 0)) return undefined;
  const [n0, c0, top, left, n1, c1, bottom, right] = pads as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return n0 + c0 + n1 + c1 === 0 ? [top, left, bottom, right] : undefined;
}

function readConv(
  node: OnnxGraphNode,
  norm: OnnxGraphNode | undefined,
  constants: OnnxConstants,
  refuse: (why: string) => AppError,
): Omit<ConvStep, 'output' | 'inputs' | 'pads'> {
  const weight = constants.find(node.inputs[1] ?? '');
  if (weight === undefined || weight.shape.length !== 4) throw refuse('its weights are not constant');
  const [outputs, perGroup, height, width] = weight.shape as [number, number, number, number];
  const groups = number(node, 'group') ?? 1;
  const depthwise = groups > 1 && perGroup === 1 && groups === outputs;
  if (groups > 1 && !depthwise) throw refuse('its channels are in groups');
  if ((ints(node, 'dilations') ?? []).some((dilation) => dilation !== 1)) throw refuse('it is dilated');
  const { factor, offset } = readNorm(norm, outputs, constants);
  const source = weight.toFloat32();
  const inner = depthwise ? 1 : perGroup;
  const kernel = new Float32Array(source.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inner; i++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const value = source[((o * inner + i) * height + y) * width + x] as number;
          const at = (y * width + x) * inner * outputs + (depthwise ? o : i * outputs + o);
          kernel[at] = value * (factor[o] as number);
        }
      }
    }
  }
  const given = constants.find(node.inputs[2] ?? '')?.toFloat32();
  const bias = Float32Array.from(
    { length: outputs },
    (_, o) => (given?.[o] ?? 0) * (factor[o] as number) + (offset[o] as number),
  );
  return {
    kind: 'conv',
    depthwise,
    kernel,
    kernelShape: depthwise ? [height, width, outputs, 1] : [height, width, inner, outputs],
    bias,
    strides: pairOf(ints(node, 'strides'), 1),
  };
}

/** What a batch norm with fixed statistics does to each channel: times `factor`, plus `offset`. */
function readNorm(
  norm: OnnxGraphNode | undefined,
  channels: number,
  constants: OnnxConstants,
): { factor: Float32Array; offset: Float32Array } {
  const factor = new Float32Array(channels).fill(1);
  const offset = new Float32Array(channels);
  if (norm === undefined) return { factor, offset };
  const [scale, shift, mean, variance] = norm.inputs
    .slice(1, 5)
    .map((name) => constants.find(name)?.toFloat32());
  const epsilon = number(norm, 'epsilon') ?? 1e-5;
  for (let c = 0; c < channels; c++) {
    const f = (scale?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + epsilon);
    factor[c] = f;
    offset[c] = (shift?.[c] ?? 0) - (mean?.[c] ?? 0) * f;
  }
  return { factor, offset };
}

function notTrainable(backbone: string, node: OnnxGraphNode, why: string): AppError {
  return new AppError({
    code: 'backbone/not-trainable',
    message: `The last blocks of the backbone ${backbone} cannot be trained: of its operation ${node.opType} ${why}. No training was started.`,
    hint: 'Choose the recipe that trains the head alone, or another backbone.',
    details: { backbone, operation: node.opType, output: node.outputs[0] ?? '' },
  });
}
