/** Where a classifier's feature maps are best taken: the last bottleneck of each stride before the net stops seeing a picture. */
import { AppError } from '../../core/errors.ts';
import { createConstants } from './onnx-constants.ts';
import type { OnnxGraphData, OnnxGraphNode } from './onnx-graph.ts';
import type { Grid, MapGrid } from './onnx-grids.ts';

/** Strides the studio's recipes ask for; a tap is called `s` and its stride. */
export const TAP_STRIDES: readonly number[] = [8, 16, 32];

/** A tensor of the graph that becomes a tap. */
export interface FoundTap {
  readonly name: string;
  readonly stride: number;
  readonly channels: number;
  readonly tensor: string;
}

/** Operations that only hand a tensor on. */
const HANDING_ON = new Set(['Cast', 'Dropout', 'Identity']);
const WEIGHTED = new Set(['Conv', 'Gemm', 'MatMul']);

/**
 * Chooses a tensor a stride: an output of the graph that is a map of that stride, else the last one all paths to the graph's result lead
 * through (so never the inside of a block). The classifying layer and what follows it are left out. Throws `backbone/no-taps`.
 */
export function findTaps(
  graph: OnnxGraphData,
  grids: ReadonlyMap<string, Grid>,
  imageTensor: string,
): FoundTap[] {
  const makers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const isMap = (name: string): boolean => grids.get(name)?.kind === 'map';
  const outputs = graph.outputs.map((output) => output.name);
  const mapOutputs = outputs.filter(isMap);
  const result = mapOutputs.at(-1) ?? outputs[0];
  const bottlenecks = result === undefined ? [] : listBottlenecks(graph, result, imageTensor);
  const end = mapOutputs.length > 0 ? bottlenecks.length : findClassifier(graph, grids, bottlenecks);
  const found = new Map<number, FoundTap>();
  for (const name of [...bottlenecks.slice(0, end), ...mapOutputs]) {
    const grid = grids.get(name);
    if (grid?.kind !== 'map' || grid.y.stride !== grid.x.stride) continue;
    const stride = grid.y.stride;
    const tensor = throughHandingOn(name, makers);
    if (TAP_STRIDES.includes(stride))
      found.set(stride, { name: `s${stride}`, stride, channels: channelsOf(grids, tensor, grid), tensor });
  }
  if (found.size === 0) throw noTaps(graph, grids);
  return [...found.values()].sort((a, b) => a.stride - b.stride);
}

function channelsOf(grids: ReadonlyMap<string, Grid>, tensor: string, fallback: MapGrid): number {
  const grid = grids.get(tensor);
  return grid?.kind === 'map' ? grid.channels : fallback.channels;
}

function throughHandingOn(name: string, makers: ReadonlyMap<string, OnnxGraphNode>): string {
  let tensor = name;
  for (;;) {
    const maker = makers.get(tensor);
    if (maker === undefined || !HANDING_ON.has(maker.opType) || maker.outputs[0] !== tensor) return tensor;
    tensor = maker.inputs[0] as string;
  }
}

/**
 * Tensors every path from the picture to the result leads through, in order. Walking the graph in order, such a tensor is the only one
 * still waited for at the moment it is made: whatever comes before it leads to it, whatever comes after it needs it.
 */
function listBottlenecks(graph: OnnxGraphData, result: string, imageTensor: string): string[] {
  const nodes = nodesBetween(graph, result, imageTensor);
  const waitedFor = new Map<string, number>([[result, 1]]);
  for (const node of nodes)
    for (const input of node.inputs) waitedFor.set(input, (waitedFor.get(input) ?? 0) + 1);
  const alive = new Set([imageTensor]);
  const found: string[] = [];
  for (const node of nodes) {
    for (const input of node.inputs) {
      const left = (waitedFor.get(input) as number) - 1;
      waitedFor.set(input, left);
      if (left === 0) alive.delete(input);
    }
    for (const output of node.outputs) if ((waitedFor.get(output) ?? 0) > 0) alive.add(output);
    const [only] = alive;
    if (alive.size === 1 && only !== undefined && node.outputs.includes(only)) found.push(only);
  }
  return found;
}

/** The nodes on any path from `from` to `to`, in order. */
function nodesBetween(graph: OnnxGraphData, to: string, from: string): OnnxGraphNode[] {
  const behind = new Set([from]);
  const reached: OnnxGraphNode[] = [];
  for (const node of graph.nodes) {
    if (node.outputs.includes(from) || !node.inputs.some((input) => behind.has(input))) continue;
    for (const output of node.outputs) behind.add(output);
    reached.push(node);
  }
  const needed = new Set([to]);
  const kept: OnnxGraphNode[] = [];
  for (const node of reached.reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    kept.push(node);
  }
  return kept.reverse();
}

/**
 * Index of the first bottleneck that depends on the classifying layer: the last one with weights, if it is a product, or a convolution of
 * single cells, which is the same product in other words. A last convolution that looks around makes features: the net has no classifier.
 */
function findClassifier(
  graph: OnnxGraphData,
  grids: ReadonlyMap<string, Grid>,
  bottlenecks: readonly string[],
): number {
  const constants = createConstants(graph);
  const last = graph.nodes.findLast(
    (node) => WEIGHTED.has(node.opType) && grids.has(node.outputs[0] as string),
  );
  if (last === undefined) return bottlenecks.length;
  const kernel = constants.find(last.inputs[1] ?? '')?.shape.slice(2) ?? [];
  const at = bottlenecks.indexOf(last.outputs[0] as string);
  // Inside a block its output is no bottleneck.
  return at < 0 || (last.opType === 'Conv' && kernel.some((size) => size > 1)) ? bottlenecks.length : at;
}

function noTaps(graph: OnnxGraphData, grids: ReadonlyMap<string, Grid>): AppError {
  const lost = graph.nodes.find((node) => {
    const grid = grids.get(node.outputs[0] as string);
    return grid?.kind === 'other' && !grid.isFollowed;
  });
  return new AppError({
    code: 'backbone/no-taps',
    message:
      lost === undefined
        ? 'This net has no feature map at a stride of 8, 16 or 32 pixels, so it cannot serve as a backbone. Nothing was changed.'
        : `This net cannot be followed beyond its operation ${lost.opType}, and has no feature map at a stride of 8, 16 or 32 pixels before it, so it cannot serve as a backbone. Nothing was changed.`,
    hint: 'Choose a convolutional classifier such as VGG, ResNet, SqueezeNet, Inception, DenseNet, MobileNet or EfficientNet.',
    details: { strides: TAP_STRIDES, operation: lost?.opType ?? null, node: lost?.name ?? null },
  });
}
