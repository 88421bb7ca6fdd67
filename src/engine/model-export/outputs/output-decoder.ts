/** What turns raw outputs of one meaning into numbers a person can use. One file a meaning, each in `list.ts`. */
import type { Canvas } from '../../../core/learning.ts';
import type { Dimension } from '../../backbones/onnx-writer.ts';
import type { OutputMeaning } from '../../recipes/output-meaning.ts';
import type { HeadGraph, HeadTensor } from '../head-graph.ts';

/** An output of the exported file. */
export interface ExportedOutput {
  readonly name: string;
  readonly shape: readonly Dimension[];
  /** For a reader: what the numbers are, with units. */
  readonly meaning: string;
}

/** Raw outputs with what they say. */
export interface RawOutput<Meaning extends OutputMeaning = OutputMeaning> {
  readonly tensor: HeadTensor;
  readonly meaning: Meaning;
}

export interface DecodeTask {
  readonly graph: HeadGraph;
  readonly classes: number;
  readonly canvas: Canvas;
}

/** Adds nodes that end in tensors of the returned names. `outputs` are all those of this kind, at least one. */
export interface OutputDecoder<Kind extends OutputMeaning['kind'] = OutputMeaning['kind']> {
  readonly kind: Kind;
  decode(
    outputs: readonly RawOutput<Extract<OutputMeaning, { kind: Kind }>>[],
    task: DecodeTask,
  ): ExportedOutput[];
}
