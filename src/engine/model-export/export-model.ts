/** One ONNX file of a whole model: the backbone as it is, the trained head behind it, and in words how to feed it and read it. */
import { AppError } from '../../core/errors.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { readOnnxGraph } from '../backbones/onnx-graph.ts';
import { ELEMENT, type OnnxValue, replaceEnds } from '../backbones/onnx-writer.ts';
import type { FrameView } from '../recipes/recipe.ts';
import type { OpenedModel } from '../train/load-model.ts';
import { describeExport } from './describe-export.ts';
import { HeadGraph, type HeadTensor } from './head-graph.ts';
import { decodeOutputs } from './outputs/list.ts';
import type { ExportedOutput } from './outputs/output-decoder.ts';
import { translateModel } from './translate-model.ts';

/** Versions of ONNX' operations in which all that is appended means the same. */
const OLDEST_OPSET = 13;
const NEWEST_OPSET = 22;

export interface ExportedModel {
  readonly bytes: Uint8Array;
  /** Names of the outputs that hold the model's own outputs, in its order. */
  readonly raw: readonly string[];
  /** Names of its further inputs, in the order of `imageInputs`. */
  readonly imageInputs: readonly string[];
  readonly outputs: readonly ExportedOutput[];
}

/**
 * Joins the backbone (its frozen part, where the model holds the rest) and the head. Inputs: the backbone's own, `[n, 3, canvas height, canvas width]` (the frames of one window for a recipe with `frames`), and what else the recipe asks for. Outputs:
 * `raw_NAME` for each output of the head, maps channels last as in the studio, then what they mean. Throws `export-model/layer` for a
 * layer that cannot be written, `export-model/opset` for a backbone of another age of ONNX.
 */
export function exportModel(opened: OpenedModel<Backbone>): ExportedModel {
  const { model, recipe, task, features: backbone } = opened;
  requireOpset(backbone);
  const graph = new HeadGraph();
  const imageInputs = model.inputNames.slice(recipe.taps.length);
  const tensors = translateModel(model, listInputs(opened, graph, imageInputs), graph);
  const raw = tensors.map((tensor, i): ExportedOutput => {
    const name = `raw_${model.outputNames[i]}`;
    graph.node('Identity', [graph.channelsLast(tensor).name], {}, name);
    const [, ...shape] = tensor.shape;
    return {
      name,
      shape: ['n', ...shape.map((size, k) => size ?? `${name}_${k}`)],
      meaning: 'What the model itself puts out, maps channels last.',
    };
  });
  const meanings = recipe.outputMeanings ?? [];
  const meant = tensors.flatMap((tensor, i) => {
    const meaning = meanings[i];
    return meaning === undefined ? [] : [{ tensor, meaning }];
  });
  const outputs = [...raw, ...decodeOutputs(meant, { graph, classes: task.classes, canvas: task.canvas })];
  const { doc, metadata } = describeExport(opened, { outputs, imageInputs });
  const bytes = replaceEnds(backbone.bytes, {
    inputs: listValues(opened, imageInputs),
    outputs: outputs.map(({ name, shape }) => ({ name, shape, type: ELEMENT.float })),
    before: [],
    after: graph.nodes,
    constants: graph.constants,
    doc,
    metadata,
  });
  return { bytes, raw: raw.map(({ name }) => name), imageInputs, outputs };
}

/** What stands for the model's inputs in the graph: the taps, rounded to half floats as the feature store keeps them, then the rest. */
export function listInputs(
  { model, recipe }: OpenedModel,
  graph: HeadGraph,
  imageInputs: readonly string[],
): HeadTensor[] {
  const taps = recipe.taps.map((tap, i): HeadTensor => {
    const half = graph.node('Cast', [tap], { to: ELEMENT.half });
    const name = graph.node('Cast', [half], { to: ELEMENT.float });
    const shape = model.inputs[i]?.shape ?? [];
    return recipe.frames === undefined
      ? { name, shape, layout: 'NCHW' }
      : { name: joinFrames(recipe.frames, name, graph), shape, layout: 'NHWC' };
  });
  const others = imageInputs.map((name, i): HeadTensor => {
    const shape = model.inputs[recipe.taps.length + i]?.shape ?? [];
    return { name, shape, layout: shape.length === 4 ? 'NHWC' : 'plain' };
  });
  return [...taps, ...others];
}

/** The maps of a window's frames, `[count, c, h, w]`, as its one row: `[1, count, 1, c]`. */
function joinFrames({ count, pooling }: FrameView, maps: string, graph: HeadGraph): string {
  const pooled = graph.node(pooling === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool', [maps]);
  return graph.node('Reshape', [pooled, graph.integers([1, count, 1, -1])]);
}

/** Names and shapes of the file's inputs. */
export function listValues(
  { model, recipe, task, features: { manifest } }: OpenedModel<Backbone>,
  imageInputs: readonly string[],
): OnnxValue[] {
  const { widthPx, heightPx } = task.canvas;
  const photographs = recipe.frames?.count ?? 'n';
  const shape = [photographs, 3, heightPx, widthPx];
  const photograph = { name: manifest.input.name, type: ELEMENT.float, shape };
  const others = imageInputs.map((name, i) => {
    const [, ...shape] = model.inputs[recipe.taps.length + i]?.shape ?? [];
    return { name, type: ELEMENT.float, shape: ['n', ...shape.map((size, k) => size ?? `${name}_${k}`)] };
  });
  return [photograph, ...others];
}

/** Throws `export-model/opset`. */
export function requireOpset({ bytes, manifest }: Pick<Backbone, 'bytes' | 'manifest'>): void {
  const { opset } = readOnnxGraph(bytes);
  if (opset >= OLDEST_OPSET && opset <= NEWEST_OPSET) return;
  throw new AppError({
    code: 'export-model/opset',
    message: `The backbone ${manifest.id} is written in version ${opset} of ONNX' operations; a model can be joined to versions ${OLDEST_OPSET} to ${NEWEST_OPSET}. Nothing was exported; the model itself is not affected.`,
    hint: 'Convert the backbone with the converter of the onnx package, add it again, and train on it.',
    details: { opset, backbone: manifest.id },
  });
}
