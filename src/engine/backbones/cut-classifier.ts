/**
 * Turns a classifier into a backbone: the part of its graph that leads to the taps, with a picture of any size as `image` and the taps
 * as outputs `s8`, `s16`, `s32`, each exactly as many cells as the studio lays over a photograph.
 */
import { AppError } from '../../core/errors.ts';
import { type FoundTap, findTaps } from './find-taps.ts';
import { type OnnxGraphData, type OnnxGraphNode, readOnnxGraph } from './onnx-graph.ts';
import {
  type Border,
  findImageInput,
  followGrids,
  type Grid,
  type GridAxis,
  type ImageInput,
  type MapGrid,
} from './onnx-grids.ts';
import { dataTypeCode } from './onnx-tensor.ts';
import { ELEMENT, type OnnxNode, type OnnxTensor, type OnnxValue, writeOnnx } from './onnx-writer.ts';

/** Name of the cut net's input: float32 `[n, 3, height, width]`, normalised as the original net wants it. */
export const IMAGE = 'image';

/** Cells left out ahead of and behind a tap's map, so that `pixels / stride` remain. */
interface Trim {
  readonly before: number;
  readonly after: number;
}

/** What was found out about a net and how it will be cut. */
export interface CutPlan {
  readonly image: ImageInput;
  readonly taps: readonly FoundTap[];
  /** For a net that ends at stride 16, so that every recipe works on it: 2 × 2 cells of the tap before (`tensor`), averaged. */
  readonly averaged: readonly FoundTap[];
  /** Zeros laid around the picture; only nets whose windows are not padded need them. */
  readonly border: Border;
  readonly trims: ReadonlyMap<string, { readonly y: Trim; readonly x: Trim }>;
  /** Both sides of a canvas must be multiples of this. */
  readonly multipleOf: number;
}

/** A cut net. */
export interface CutClassifier extends Pick<CutPlan, 'taps' | 'border' | 'multipleOf'> {
  readonly bytes: Uint8Array;
}

/** The oldest operations whose rules (broadcasting above all) still hold, and the oldest ONNX Runtime runs. */
const OLDEST_OPSET = 7;
/** A border wider than this is not the net of a classifier. */
const WIDEST_BORDER_PX = 128;

/**
 * Cuts a classifier. Weights stay in the precision they have; arithmetic is in single precision throughout, input and taps float32.
 * Throws what {@link readOnnxGraph} throws, `backbone/no-image-input`, `backbone/no-taps`, `backbone/old-opset`.
 */
export function cutClassifier(source: Uint8Array): CutClassifier {
  const graph = readOnnxGraph(source);
  const plan = planCut(graph);
  const { taps, averaged, border, multipleOf } = plan;
  return { bytes: writeCut(graph, plan), taps: [...taps, ...averaged], border, multipleOf };
}

/** Finds taps, border and trims without writing anything. Throws as {@link cutClassifier}. */
export function planCut(graph: OnnxGraphData): CutPlan {
  if (graph.opset < OLDEST_OPSET) {
    throw new AppError({
      code: 'backbone/old-opset',
      message: `This net is written for version ${graph.opset} of ONNX's operations, which are no longer run, so it was not added.`,
      hint: `Convert it first, for example in Python: onnx.version_converter.convert_version(onnx.load("net.onnx"), 13).`,
      details: { opset: graph.opset, oldest: OLDEST_OPSET },
    });
  }
  const image = findImageInput(graph);
  const grids = followGrids(graph, image);
  const taps = findTaps(graph, grids, image.tensor);
  const kept = keepNeeded(graph, image, taps);
  const largest = Math.max(...kept.flatMap((node) => node.outputs.map((name) => strideOf(grids.get(name)))));
  const frame = chooseFrame(graph, image, taps);
  const averaged = listAveraged(taps);
  return {
    image,
    taps,
    averaged,
    ...frame,
    multipleOf: Math.max(largest, ...averaged.map(({ stride }) => stride)),
  };
}

/** Only behind stride 16: of a net that ends before it too much would be made up. */
function listAveraged(taps: readonly FoundTap[]): FoundTap[] {
  const last = taps.at(-1);
  if (last?.stride !== 16) return [];
  return [{ name: 's32', stride: 32, channels: last.channels, tensor: last.name }];
}

const strideOf = (grid: Grid | undefined): number =>
  grid?.kind === 'map' ? Math.max(grid.y.stride, grid.x.stride) : 1;

/**
 * The narrowest border with which every tap has enough cells, placed and trimmed so that cells lie as near as possible to where the
 * studio expects them: cell i of stride s around pixel `s · i + (s − 1) / 2`. Nets with padded windows need none.
 */
function chooseFrame(
  graph: OnnxGraphData,
  image: ImageInput,
  taps: readonly FoundTap[],
): Pick<CutPlan, 'border' | 'trims'> {
  for (let width = 0; width <= WIDEST_BORDER_PX; width++) {
    const grids = followGrids(graph, image, { before: 0, after: width });
    const maps = taps.map((tap) => grids.get(tap.tensor) as MapGrid);
    if (maps.some(({ y, x }) => y.extra < 0 || x.extra < 0)) continue;
    let best: (Pick<CutPlan, 'border' | 'trims'> & { cost: number }) | undefined;
    for (let before = 0; before <= width; before++) {
      const moved = (axis: GridAxis): GridAxis => ({ ...axis, centrePx: axis.centrePx - before });
      const trims = new Map<string, { y: Trim; x: Trim }>();
      let cost = 0;
      for (const [i, { y, x }] of maps.entries()) {
        const [down, across] = [chooseTrim(moved(y)), chooseTrim(moved(x))];
        cost += down.errorCells + across.errorCells;
        trims.set((taps[i] as FoundTap).name, { y: down, x: across });
      }
      if (best === undefined || cost < best.cost - 1e-9)
        best = { cost, trims, border: { before, after: width - before } };
    }
    if (best !== undefined) return best;
  }
  throw new AppError({
    code: 'backbone/no-taps',
    message:
      'This net loses so much of the picture at its edges that its maps cannot be laid over a photograph, so it was not added.',
    hint: 'Choose a net whose convolutions are padded, or a smaller one.',
    details: { taps: taps.map((tap) => tap.tensor) },
  });
}

function chooseTrim(axis: GridAxis): Trim & { errorCells: number } {
  const wanted = (axis.stride - 1) / 2;
  let best = { before: 0, after: axis.extra, errorCells: Number.POSITIVE_INFINITY };
  for (let before = 0; before <= axis.extra; before++) {
    const errorCells = Math.abs(axis.centrePx + before * axis.stride - wanted) / axis.stride;
    if (errorCells < best.errorCells - 1e-9) best = { before, after: axis.extra - before, errorCells };
  }
  return best;
}

/** The nodes the taps depend on, from the image tensor on, in order. */
function keepNeeded(graph: OnnxGraphData, image: ImageInput, taps: readonly FoundTap[]): OnnxGraphNode[] {
  const needed = new Set(taps.map((tap) => tap.tensor));
  const kept: OnnxGraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (node.outputs.includes(image.tensor) || !node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    kept.push(node);
  }
  return kept.reverse();
}

function writeCut(graph: OnnxGraphData, plan: CutPlan): Uint8Array {
  const kept = keepNeeded(graph, plan.image, plan.taps);
  const name = createNames(plan);
  const used = new Set(kept.flatMap((node) => node.inputs));
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  for (const constant of graph.initializers.values()) {
    if (!used.has(constant.name)) continue;
    const isHalf = constant.dataType === 'float16';
    const to = name(constant.name);
    const stored = isHalf ? `${to}_half` : to;
    constants.push({
      name: stored,
      type: dataTypeCode(constant.dataType),
      shape: constant.shape,
      bytes: constant.toBytes(),
    });
    // ONNX Runtime folds this away when it loads the file.
    if (isHalf) nodes.push(castToFloat(stored, to));
  }
  const before = frameImage(graph.opset, plan);
  nodes.push(...before.nodes);
  constants.push(...before.constants);
  for (const node of kept) {
    const inputs = node.inputs.map(name);
    const outputs = node.outputs.map(name);
    const toHalf = node.opType === 'Cast' && node.attributes.to === ELEMENT.half;
    nodes.push(
      toHalf
        ? castToFloat(inputs[0] as string, outputs[0] as string)
        : { op: node.opType, inputs, outputs, encodedAttributes: node.encodedAttributes },
    );
  }
  for (const tap of plan.taps) {
    const trimmed = trimTap(graph.opset, plan, tap, name(tap.tensor));
    nodes.push(...trimmed.nodes);
    constants.push(...trimmed.constants);
  }
  for (const { name: output, tensor } of plan.averaged) {
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
    nodes.push({ op: 'AveragePool', inputs: [tensor], outputs: [output], attributes });
  }
  const value = (tensor: string, channels: number, h: string, w: string): OnnxValue => ({
    name: tensor,
    type: ELEMENT.float,
    shape: ['n', channels, h, w],
  });
  return writeOnnx(
    {
      name: graph.name === '' ? 'backbone' : graph.name,
      inputs: [value(IMAGE, 3, 'h', 'w')],
      outputs: [...plan.taps, ...plan.averaged].map((tap) =>
        value(tap.name, tap.channels, `h_${tap.name}`, `w_${tap.name}`),
      ),
      nodes,
      constants,
    },
    graph.opset,
  );
}

function castToFloat(from: string, to: string): OnnxNode {
  return { op: 'Cast', inputs: [from], outputs: [to], attributes: { to: ELEMENT.float } };
}

const isTrimmed = ({ y, x }: { y: Trim; x: Trim }): boolean => y.before + y.after + x.before + x.after > 0;
const hasBorder = ({ border }: CutPlan): boolean => border.before + border.after > 0;

/** New names: the picture is `image`, an untrimmed tap is called as the tap; what was called so before gives way. */
function createNames(plan: CutPlan): (old: string) => string {
  const names = new Map<string, string>([['', '']]);
  const reserved = new Set([IMAGE, ...[...plan.taps, ...plan.averaged].map((tap) => tap.name)]);
  names.set(plan.image.tensor, hasBorder(plan) ? 'catchlight_bordered' : IMAGE);
  for (const tap of plan.taps) {
    const trim = plan.trims.get(tap.name);
    names.set(tap.tensor, trim !== undefined && isTrimmed(trim) ? `${tap.name}_whole` : tap.name);
  }
  const taken = new Set([...reserved, ...names.values()]);
  return (old) => names.get(old) ?? (taken.has(old) ? `${old}_of_net` : old);
}

interface Parts {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
}

function wholes(name: string, values: readonly number[]): OnnxTensor {
  return {
    name,
    type: ELEMENT.int64,
    shape: [values.length],
    bytes: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
  };
}

/** Lays the border around the picture. Pads are an attribute before opset 11 and an input since. */
function frameImage(opset: number, plan: CutPlan): Parts {
  if (!hasBorder(plan)) return { nodes: [], constants: [] };
  const { before, after } = plan.border;
  const pads = [0, 0, before, before, 0, 0, after, after];
  const outputs = ['catchlight_bordered'];
  if (opset < 11)
    return { nodes: [{ op: 'Pad', inputs: [IMAGE], outputs, attributes: { pads } }], constants: [] };
  return {
    nodes: [{ op: 'Pad', inputs: [IMAGE, 'catchlight_border'], outputs }],
    constants: [wholes('catchlight_border', pads)],
  };
}

/** Leaves out the cells beyond the studio's. Bounds are attributes before opset 10 and inputs since. */
function trimTap(opset: number, plan: CutPlan, tap: FoundTap, from: string): Parts {
  const trim = plan.trims.get(tap.name);
  if (trim === undefined || !isTrimmed(trim)) return { nodes: [], constants: [] };
  const end = ({ after }: Trim): number => (after === 0 ? 2 ** 31 - 1 : -after);
  const starts = [trim.y.before, trim.x.before];
  const ends = [end(trim.y), end(trim.x)];
  const axes = [2, 3];
  const outputs = [tap.name];
  if (opset < 10)
    return {
      nodes: [{ op: 'Slice', inputs: [from], outputs, attributes: { starts, ends, axes } }],
      constants: [],
    };
  const names = ['starts', 'ends', 'axes'].map((part) => `catchlight_${tap.name}_${part}`);
  return {
    nodes: [{ op: 'Slice', inputs: [from, ...names], outputs }],
    constants: [starts, ends, axes].map((values, i) => wholes(names[i] as string, values)),
  };
}
