/** What translates one kind of tfjs layer into ONNX nodes. One small file a group of layers, each in `layers/list.ts`. */
import { AppError } from '../../core/errors.ts';
import type { WeightArray } from '../train/weights.ts';
import type { HeadGraph, HeadTensor } from './head-graph.ts';

/** One use of a layer in a net. Layers of ours come in their standard form. */
export interface LayerCall {
  readonly layer: string;
  readonly className: string;
  /** As in tfjs' `model.json`: snake case. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By the name behind the slash: `kernel`. */
  readonly weights: ReadonlyMap<string, WeightArray>;
  readonly inputs: readonly HeadTensor[];
  /** The shape tfjs gives the output. */
  readonly shape: HeadTensor['shape'];
  readonly graph: HeadGraph;
}

/** Gives the layer's output as it is outside training. Throws `export-model/layer` for a setting it cannot say in ONNX. */
type LayerTranslator = (call: LayerCall) => HeadTensor;

/** Translators by the class name of tfjs. */
export type LayerTranslators = Readonly<Record<string, LayerTranslator>>;

/** The only input of a layer that has one. */
export function onlyInput(call: LayerCall): HeadTensor {
  const [x, ...more] = call.inputs;
  if (x === undefined || more.length > 0) throw untranslatable(call, 'it has several inputs');
  return x;
}

/** A weight the layer cannot be without. */
export function requireWeight(call: LayerCall, name: string): WeightArray {
  const weight = call.weights.get(name);
  if (weight === undefined) throw untranslatable(call, `it has no ${name}`);
  return weight;
}

/** Refuses what was trained in another order of dimensions. */
export function requireChannelsLast(call: LayerCall): void {
  const format = call.config.data_format ?? 'channels_last';
  if (format !== 'channels_last') throw untranslatable(call, `its data format is ${String(format)}`);
}

/** The fault of a layer, or a setting of one, that has no translation. */
export function untranslatable(
  { layer, className }: Pick<LayerCall, 'layer' | 'className'>,
  why: string,
): AppError {
  return new AppError({
    code: 'export-model/layer',
    message: `The layer "${layer}" (${className}) cannot be written as ONNX: ${why}. Nothing was exported; the model itself is not affected.`,
    hint: 'Use the tfjs model in its folder instead (docs/science/model-files.md), or export a model of another recipe.',
    details: { layer, className, why },
  });
}
