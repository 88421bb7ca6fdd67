/** The constants of an ONNX graph by the names its operations use, seen through nodes that only convert them. */
import type { OnnxGraphData } from './onnx-graph.ts';
import type { OnnxConstant } from './onnx-tensor.ts';

export interface OnnxConstants {
  has(name: string): boolean;
  find(name: string): OnnxConstant | undefined;
}

/** Operations that leave the values of a constant as they are, but for rounding. */
const TRANSPARENT = new Set(['Cast', 'Identity']);

export function createConstants(graph: OnnxGraphData): OnnxConstants {
  const known = new Map(graph.initializers);
  for (const { opType, inputs, outputs } of graph.nodes) {
    const value = TRANSPARENT.has(opType) ? known.get(inputs[0] ?? '') : undefined;
    if (value !== undefined) known.set(outputs[0] ?? '', value);
  }
  return { has: (name) => known.has(name), find: (name) => known.get(name) };
}
