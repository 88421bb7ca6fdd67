/**
 * Follows the picture through an ONNX graph: which tensors are maps of it, how many pixels a cell stands for, and where its cells lie.
 * Sizes are kept as `pixels / stride + extra`, which holds exactly for every picture whose sides are multiples of the largest stride,
 * so one pass answers for all sizes.
 */
import { AppError } from '../../core/errors.ts';
import { createConstants, type OnnxConstants } from './onnx-constants.ts';
import type { OnnxGraphData, OnnxGraphNode, OnnxGraphValue } from './onnx-graph.ts';
import type { OnnxConstant } from './onnx-tensor.ts';

/** One axis of a map: `length = pixels / stride + extra`; cell i is centred on pixel `stride · i + centrePx` (0-based pixel centres). */
export interface GridAxis {
  readonly stride: number;
  readonly extra: number;
  readonly centrePx: number;
}

/** A tensor as this net sees the picture. */
export type Grid =
  | { readonly kind: 'map'; readonly channels: number; readonly y: GridAxis; readonly x: GridAxis }
  /** One cell a channel, `[n, channels, 1, 1]`: what global pooling leaves, and the gates computed from it. */
  | { readonly kind: 'pooled'; readonly channels: number }
  /** Computed from the picture but not its map any more (class scores, shapes), or by an operation that is not followed here. */
  | { readonly kind: 'other'; readonly isFollowed: boolean };
export type MapGrid = Extract<Grid, { kind: 'map' }>;

/** The picture's way into the net. */
export interface ImageInput {
  /** Name of the tensor that holds the picture as `[n, 3, height, width]`. */
  readonly tensor: string;
  /** Name of the graph's input; another tensor than `tensor` where the graph turns `[n, height, width, 3]` first. */
  readonly input: string;
  /** Sizes the file asks for, where it asks for any. */
  readonly heightPx: number | undefined;
  readonly widthPx: number | undefined;
}

/** A zero border around the picture, in pixels, the same for height and width. */
export interface Border {
  readonly before: number;
  readonly after: number;
}

/** Finds the one picture input. Throws `backbone/no-image-input`. */
export function findImageInput(graph: OnnxGraphData): ImageInput {
  const [input, ...more] = graph.inputs;
  const shape = input?.shape;
  if (input === undefined || more.length > 0 || (shape !== undefined && shape.length !== 4))
    throw noImage(graph.inputs);
  const sized = (size: number | string | undefined): number | undefined =>
    typeof size === 'number' && size > 0 ? size : undefined;
  const readers = graph.nodes.filter((node) => node.inputs.includes(input.name));
  const [reader] = readers;
  const turned = shape?.[3] === 3 && shape[1] !== 3;
  if (turned || (shape === undefined && reader?.opType === 'Transpose')) {
    const order = reader?.attributes.perm;
    const isTurn =
      readers.length === 1 &&
      reader?.opType === 'Transpose' &&
      Array.isArray(order) &&
      order.join() === '0,3,1,2';
    if (!isTurn) throw noImage(graph.inputs);
    return {
      tensor: reader.outputs[0] as string,
      input: input.name,
      heightPx: sized(shape?.[1]),
      widthPx: sized(shape?.[2]),
    };
  }
  if (typeof shape?.[1] === 'number' && shape[1] !== 3) throw noImage(graph.inputs);
  return {
    tensor: input.name,
    input: input.name,
    heightPx: sized(shape?.[2]),
    widthPx: sized(shape?.[3]),
  };
}

function noImage(inputs: readonly OnnxGraphValue[]): AppError {
  return new AppError({
    code: 'backbone/no-image-input',
    message:
      'This net does not take one colour picture (three channels) as its only input, so it cannot serve as a backbone. Nothing was changed.',
    hint: 'Choose a net that classifies colour photographs.',
    details: { inputs: inputs.map(({ name, dataType, shape }) => ({ name, dataType, shape })) },
  });
}

/** Operations that give back what they get, cell by cell. */
const CELL_BY_CELL = new Set(
  (
    'Abs BatchNormalization Cast Celu Ceil Clip Dropout Elu Erf Exp Floor Gelu GroupNormalization HardSigmoid HardSwish Identity ' +
    'InstanceNormalization LeakyRelu Log LRN Mish Neg PRelu Reciprocal Relu Selu Sigmoid Sign Softplus Softsign Sqrt Tanh ThresholdedRelu'
  ).split(' '),
);
/** Operations on several tensors that spread the smaller ones. */
const JOINING = new Set(['Add', 'Div', 'Max', 'Mean', 'Min', 'Mul', 'Pow', 'Sub', 'Sum']);
const POOLING = new Set(['AveragePool', 'LpPool', 'MaxPool']);
const LOST: Grid = { kind: 'other', isFollowed: false };
const FLAT: Grid = { kind: 'other', isFollowed: true };

/** The grid of every tensor that depends on the picture, by name. `border` is laid around the picture before the net sees it. */
export function followGrids(
  graph: OnnxGraphData,
  image: ImageInput,
  border: Border = { before: 0, after: 0 },
): ReadonlyMap<string, Grid> {
  const constants = createConstants(graph);
  const axis: GridAxis = { stride: 1, extra: border.before + border.after, centrePx: -border.before };
  const grids = new Map<string, Grid>([[image.tensor, { kind: 'map', channels: 3, y: axis, x: axis }]]);
  for (const node of graph.nodes) {
    if (node.outputs.includes(image.tensor) || !node.inputs.some((name) => grids.has(name))) continue;
    const results = followNode({ node, grids, constants, image });
    for (const [i, output] of node.outputs.entries())
      if (output !== '') grids.set(output, results[i] ?? LOST);
  }
  return grids;
}

interface Step {
  readonly node: OnnxGraphNode;
  readonly grids: ReadonlyMap<string, Grid>;
  readonly constants: OnnxConstants;
  readonly image: ImageInput;
}

function followNode(step: Step): readonly Grid[] {
  const { node, grids } = step;
  const inputs = node.inputs.map((name) => grids.get(name));
  const [first] = inputs;
  if (node.domain !== '') return [LOST];
  if (inputs.some((grid) => grid?.kind === 'other' && !grid.isFollowed)) return [LOST];
  if (CELL_BY_CELL.has(node.opType)) return first === undefined ? [LOST] : [first];
  if (JOINING.has(node.opType)) return [join(inputs)];
  if (node.opType === 'Concat') return [concat(step, inputs)];
  if (first?.kind === 'pooled' && node.opType === 'Conv') return [{ ...first, channels: outChannels(step) }];
  if (first?.kind !== 'map') return [FLAT];
  if (node.opType === 'Conv') return [convolve(step, first)];
  if (POOLING.has(node.opType)) return [pool(step, first)];
  if (node.opType === 'Pad') return [pad(step, first)];
  if (node.opType === 'Split') return split(step, first);
  if (node.opType.startsWith('Global')) return [{ kind: 'pooled', channels: first.channels }];
  if (node.opType === 'ReduceMean' || node.opType === 'ReduceMax') return [reduce(step, first)];
  // Beyond these the picture ends: class scores, flattened features, questions for a shape.
  if (['Flatten', 'Gemm', 'MatMul', 'Shape', 'Reshape', 'Softmax'].includes(node.opType)) return [FLAT];
  return [LOST];
}

const sameAxis = (a: GridAxis, b: GridAxis): boolean => a.stride === b.stride && a.extra === b.extra;

function join(inputs: readonly (Grid | undefined)[]): Grid {
  const maps = inputs.filter((grid) => grid?.kind === 'map');
  const [map] = maps;
  if (map === undefined) return inputs.find((grid) => grid?.kind === 'pooled') ?? FLAT;
  if (!maps.every((other) => sameAxis(other.y, map.y) && sameAxis(other.x, map.x))) return LOST;
  return { ...map, channels: Math.max(...maps.map((grid) => grid.channels)) };
}

function concat({ node }: Step, inputs: readonly (Grid | undefined)[]): Grid {
  const axis = node.attributes.axis ?? 1;
  const maps = inputs.filter((grid) => grid?.kind === 'map');
  const [map] = maps;
  if (map === undefined) return FLAT;
  const fits = maps.every((other) => sameAxis(other.y, map.y) && sameAxis(other.x, map.x));
  if ((axis !== 1 && axis !== -3) || maps.length < inputs.length || !fits) return LOST;
  return { ...map, channels: maps.reduce((sum, grid) => sum + grid.channels, 0) };
}

function outChannels({ node, constants }: Step): number {
  return constants.find(node.inputs[1] ?? '')?.shape[0] ?? 0;
}

/** A list attribute, or `fallback` twice. */
function pair(node: OnnxGraphNode, name: string, fallback: number): readonly [number, number] {
  const value = node.attributes[name];
  return Array.isArray(value) ? [Number(value[0]), Number(value[1])] : [fallback, fallback];
}

/** What a sliding window makes of a map: convolution and pooling alike. */
function slide(step: Step, map: MapGrid, channels: number): Grid {
  const { node, constants } = step;
  const weights = constants.find(node.inputs[1] ?? '');
  const kernel = pair(node, 'kernel_shape', 0);
  const shape =
    node.opType === 'Conv' && kernel[0] === 0
      ? ([weights?.shape[2] ?? 0, weights?.shape[3] ?? 0] as const)
      : kernel;
  const pads = node.attributes.pads;
  const padding = Array.isArray(pads) ? pads.map(Number) : [0, 0, 0, 0];
  const along = (axis: GridAxis, i: 0 | 1): GridAxis | undefined =>
    slideAxis(axis, {
      reach: (shape[i] - 1) * pair(node, 'dilations', 1)[i] + 1,
      step: pair(node, 'strides', 1)[i],
      before: padding[i] ?? 0,
      after: padding[i + 2] ?? 0,
      auto: String(node.attributes.auto_pad ?? 'NOTSET'),
      up: node.attributes.ceil_mode === 1,
    });
  const y = along(map.y, 0);
  const x = along(map.x, 1);
  return y === undefined || x === undefined || channels < 1 ? LOST : { kind: 'map', channels, y, x };
}

interface Window {
  /** Cells from the first to the last the window covers. */
  readonly reach: number;
  readonly step: number;
  readonly before: number;
  readonly after: number;
  readonly auto: string;
  /** Rounds the number of windows up. */
  readonly up: boolean;
}

function slideAxis(axis: GridAxis, window: Window): GridAxis | undefined {
  const { reach, step, auto } = window;
  if (!(reach >= 1 && step >= 1)) return undefined;
  const stride = axis.stride * step;
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const extra = Math.ceil(axis.extra / step);
    const needed = Math.max(0, (extra - 1) * step + reach - axis.extra);
    const before = auto === 'SAME_UPPER' ? Math.floor(needed / 2) : Math.ceil(needed / 2);
    return { stride, extra, centrePx: centre(axis, reach, before) };
  }
  const before = auto === 'VALID' ? 0 : window.before;
  const after = auto === 'VALID' ? 0 : window.after;
  const free = (axis.extra + before + after - reach) / step;
  const extra = (window.up ? Math.ceil(free) : Math.floor(free)) + 1;
  return { stride, extra, centrePx: centre(axis, reach, before) };
}

/** Pixel the first window is centred on. */
function centre(axis: GridAxis, reach: number, before: number): number {
  return axis.centrePx + axis.stride * ((reach - 1) / 2 - before);
}

/** The number of cells on a picture of `pixels`. */
const lengthAt = (axis: GridAxis, pixels: number): number => Math.floor(pixels / axis.stride) + axis.extra;

/** True when a window leaves one cell of a map at the size the file declares: global pooling, or a dense layer, in other words. */
function leavesOneCell({ image }: Step, map: MapGrid, result: MapGrid): boolean {
  const { heightPx, widthPx } = image;
  if (heightPx === undefined || widthPx === undefined) return false;
  const hadMore = lengthAt(map.y, heightPx) > 1 || lengthAt(map.x, widthPx) > 1;
  return hadMore && lengthAt(result.y, heightPx) <= 1 && lengthAt(result.x, widthPx) <= 1;
}

function convolve(step: Step, map: MapGrid): Grid {
  const channels = outChannels(step);
  const result = slide(step, map, channels);
  return result.kind === 'map' && leavesOneCell(step, map, result) ? { kind: 'pooled', channels } : result;
}

function pool(step: Step, map: MapGrid): Grid {
  const { node } = step;
  const pooled = slide(step, map, map.channels);
  if (pooled.kind !== 'map') return pooled;
  // Without a size to go by: averages over six cells and more without padding are met at the end of nets only.
  const isWide = node.opType === 'AveragePool' && pair(node, 'kernel_shape', 0)[0] >= 6;
  const pads = node.attributes.pads;
  const isPadded = Array.isArray(pads) && pads.some((size) => Number(size) > 0);
  const isGlobal = leavesOneCell(step, map, pooled) || (isWide && !isPadded);
  return isGlobal ? { kind: 'pooled', channels: map.channels } : pooled;
}

const wholesOf = (constant: OnnxConstant | undefined): number[] | undefined =>
  constant === undefined ? undefined : [...constant.toFloat32()];

function pad({ node, constants }: Step, map: MapGrid): Grid {
  const listed = node.attributes.pads;
  const pads = Array.isArray(listed) ? listed.map(Number) : wholesOf(constants.find(node.inputs[1] ?? ''));
  const hasAxes = (node.inputs[3] ?? '') !== '';
  if (pads?.length !== 8 || hasAxes || pads[0] !== 0 || pads[1] !== 0 || pads[4] !== 0 || pads[5] !== 0)
    return LOST;
  const along = (axis: GridAxis, i: number): GridAxis => ({
    stride: axis.stride,
    extra: axis.extra + (pads[i] as number) + (pads[i + 4] as number),
    centrePx: axis.centrePx - axis.stride * (pads[i] as number),
  });
  return { ...map, y: along(map.y, 2), x: along(map.x, 3) };
}

function split({ node, constants }: Step, map: MapGrid): Grid[] {
  const axis = node.attributes.axis ?? 0;
  if (axis !== 1 && axis !== -3) return node.outputs.map(() => LOST);
  const listed = node.attributes.split;
  const sizes = Array.isArray(listed) ? listed.map(Number) : wholesOf(constants.find(node.inputs[1] ?? ''));
  return node.outputs.map((_, i) => ({ ...map, channels: sizes?.[i] ?? map.channels / node.outputs.length }));
}

/** The mean over height and width is global pooling; over anything else the picture is lost. */
function reduce({ node, constants }: Step, map: MapGrid): Grid {
  const listed = node.attributes.axes;
  const axes = Array.isArray(listed) ? listed.map(Number) : wholesOf(constants.find(node.inputs[1] ?? ''));
  const over = (axes ?? []).map((axis) => (axis + 4) % 4).sort();
  if (over.join() !== '2,3') return LOST;
  return node.attributes.keepdims === 0 ? FLAT : { kind: 'pooled', channels: map.channels };
}
