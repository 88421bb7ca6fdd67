/** How a layer of ours is written in files: as a layer every tfjs knows, so that a saved model opens anywhere without code of ours. */

/** A standard layer that computes, when not training, exactly what the layer of ours does. */
export interface StandardForm {
  /** A class name of tfjs, as in `model.json`: `DepthwiseConv2D`. */
  readonly className: string;
  /** The configuration besides `name` and `trainable`, in the snake case of files. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Weights by the name they have here, in the order and shape the standard layer wants. Left out: it has none. */
  readonly weights?: readonly { readonly own: string; readonly standard: string; readonly shape: number[] }[];
}

/** A layer that knows its standard form. Every layer class of ours must be one, or its models would open in the studio alone. */
export interface StandardizableLayer {
  standardForm(): StandardForm;
}

export function isStandardizable(layer: object): layer is StandardizableLayer {
  return 'standardForm' in layer && typeof layer.standardForm === 'function';
}
