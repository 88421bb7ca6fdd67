/**
 * The last blocks of a backbone as data that can be trained: the tensor the frozen part ends at, and every operation from there to the
 * taps with its weights, in the order they run.
 */
import { AppError } from '../../core/errors.ts';
import type { Backbone } from './load-backbone.ts';
import { createConstants, type OnnxConstants } from './onnx-constants.ts';
import { type OnnxGraphData, type OnnxGraphNode, readOnnxGraph } from './onnx-graph.ts';
import { followGrids } from './onnx-grids.ts';
import { foldNorms, readStep, strideOf, type TrunkStep } from './trunk-steps.ts';

/** Where the frozen part ends: the tensor's name in the graph, its stride in pixels of the input, its channels. */
export interface TrunkCut {
  readonly tensor: string;
  readonly stride: number;
  readonly channels: number;
  /** Rows and columns it has beyond pixels / stride: in nets whose windows are not padded, which a border around the picture makes up for. */
  readonly extra: { readonly height: number; readonly width: number };
  /** True where no value can be below nought. */
  readonly isPositive: boolean;
}

/** Everything between the cut and the taps. */
export interface Trunk {
  readonly cut: TrunkCut;
  readonly steps: readonly TrunkStep[];
  /** Names of the taps, each the output of a step. */
  readonly taps: readonly string[];
  /** Numbers that training moves. */
  readonly weights: number;
}

type TrunkSource = Pick<Backbone, 'bytes' | 'manifest' | 'taps'>;

/** What flows along a tensor of the graph. */
interface Flow {
  readonly stride: number;
  readonly channels: number;
  readonly isPositive: boolean;
}

const JOINING = new Set(['Add', 'Max', 'Mean', 'Min', 'Mul', 'Sum']);
/** Operations that leave no value below nought, and those that make none of values that are not. */
const RECTIFYING = new Set(['Relu', 'Sigmoid', 'Softplus', 'Abs', 'Exp', 'Sqrt', 'HardSigmoid', 'Softmax']);
const KEEPING_SIGN = new Set(
  'AveragePool Cast Concat Dropout GlobalAveragePool GlobalMaxPool Identity LRN MaxPool Pad Resize Slice Split Transpose Upsample'.split(
    ' ',
  ),
);

/**
 * Cuts the backbone behind the last tensor of at most `stride` pixels on which all taps depend and nothing else does, and reads what
 * follows. Throws `backbone/not-trainable` when an operation behind the cut cannot be trained here, or nothing there has weights.
 */
export function openTrunk(backbone: TrunkSource, stride: number): Trunk {
  const graph = readOnnxGraph(backbone.bytes);
  const constants = createConstants(graph);
  const id = backbone.manifest.id;
  const taps = backbone.taps.map((tap) => tap.name);
  const nodes = keepNeeded(
    graph.nodes.filter((node) => !constants.has(node.outputs[0] as string)),
    taps,
  );
  const place = findCut(backbone, nodes, followFlows(graph, nodes, constants), constants, stride);
  const cut = { ...place, extra: findExtra(graph, backbone.manifest.input.name, place.tensor) };
  const behind = nodes.slice(nodes.findIndex((node) => node.outputs[0] === cut.tensor) + 1);
  const steps = foldNorms(behind, constants).map((node) => readStep(node, constants, id));
  const weights = steps.reduce(
    (sum, step) => sum + (step.kind === 'conv' ? step.kernel.length + step.bias.length : 0),
    0,
  );
  if (weights > 0) return { cut, steps, taps, weights };
  throw new AppError({
    code: 'backbone/not-trainable',
    message: `Nothing of the backbone ${id} can be trained behind stride ${stride}, so no training was started.`,
    hint: 'Choose the recipe that trains the head alone, or another backbone.',
    details: { backbone: id, stride, cut: cut.tensor },
  });
}

/** The nodes that the wanted tensors depend on, in their order. */
function keepNeeded(nodes: readonly OnnxGraphNode[], wanted: readonly string[]): OnnxGraphNode[] {
  const needed = new Set(wanted);
  const kept: OnnxGraphNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    kept.unshift(node);
  }
  return kept;
}

/** Stride and channels of every tensor, followed from the picture (stride 1, three channels). */
function followFlows(
  graph: OnnxGraphData,
  nodes: readonly OnnxGraphNode[],
  constants: OnnxConstants,
): Map<string, Flow> {
  const flows = new Map<string, Flow>();
  for (const input of graph.inputs) flows.set(input.name, { stride: 1, channels: 3, isPositive: false });
  for (const node of nodes) {
    const before = node.inputs.flatMap((name) => flows.get(name) ?? []);
    const first = before[0];
    if (first === undefined) continue;
    const weight = constants.find(node.inputs[1] ?? '');
    const channels =
      node.opType === 'Conv' && weight !== undefined
        ? (weight.shape[0] ?? first.channels)
        : node.opType === 'Concat'
          ? before.reduce((sum, flow) => sum + flow.channels, 0)
          : first.channels;
    flows.set(node.outputs[0] as string, {
      stride: first.stride * strideOf(node, constants),
      channels,
      isPositive: isPositive(node, before, constants),
    });
  }
  return flows;
}

function isPositive(
  { opType, inputs }: OnnxGraphNode,
  before: readonly Flow[],
  constants: OnnxConstants,
): boolean {
  if (RECTIFYING.has(opType)) return true;
  if (opType === 'Clip') return (constants.find(inputs[1] ?? '')?.toFloat32()[0] ?? -1) >= 0;
  // A sum or product with a constant may be anything.
  const keeps = KEEPING_SIGN.has(opType) || (JOINING.has(opType) && before.length === inputs.length);
  return keeps && before.every((flow) => flow.isPositive);
}

/** The last place where one tensor carries everything: what was made before it is not used after it. */
function findCut(
  backbone: TrunkSource,
  nodes: readonly OnnxGraphNode[],
  flows: ReadonlyMap<string, Flow>,
  constants: OnnxConstants,
  stride: number,
): Omit<TrunkCut, 'extra'> {
  const taps = new Set(backbone.taps.map((tap) => tap.name));
  const picture = backbone.manifest.input.name;
  const lastUse = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const input of node.inputs) if (!constants.has(input)) lastUse.set(input, i);
    for (const output of node.outputs) if (taps.has(output)) lastUse.set(output, nodes.length);
  });
  let cut: Omit<TrunkCut, 'extra'> = { tensor: picture, stride: 1, channels: 3, isPositive: false };
  let open = lastUse.get(picture) ?? 0;
  nodes.forEach((node, i) => {
    const output = node.outputs[0] as string;
    const flow = flows.get(output);
    // Everything made before this node ends in it.
    if (flow !== undefined && open <= i && flow.stride <= stride && !taps.has(output)) {
      cut = { tensor: output, ...flow };
    }
    open = Math.max(open, lastUse.get(output) ?? 0);
  });
  return cut;
}

/** Rows and columns of a tensor beyond pixels / stride. */
function findExtra(graph: OnnxGraphData, picture: string, tensor: string): TrunkCut['extra'] {
  const image = { tensor: picture, input: picture, heightPx: undefined, widthPx: undefined };
  const grid = followGrids(graph, image).get(tensor);
  return grid?.kind === 'map' ? { height: grid.y.extra, width: grid.x.extra } : { height: 0, width: 0 };
}
