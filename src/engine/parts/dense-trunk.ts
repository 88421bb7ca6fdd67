/** Lesson 7's dense trunk on pooled features, as far as the layer before the verdict. */
import { z } from 'zod';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import type { TapShape } from '../features/feature-types.ts';
import type { LayerKit, Normalization } from './layer-kit.ts';
import { precisionShape } from './precision.ts';

/** Settings of every recipe on this trunk; the lesson's numbers. */
export const denseTrunkShape = {
  units: z.number().int().min(8).max(4096).default(512).describe('Width of the two dense layers.'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.6)
    .describe(
      "The lesson's p: p after the first dense layer, p / 2 after the second, p / 4 before the first.",
    ),
  ...precisionShape('bfloat16'),
};

export interface DenseTrunkOptions {
  readonly units: number;
  /** The lesson's p: p / 4 before the first dense layer, p after it, p / 2 after the second. */
  readonly dropout: number;
  readonly normalization: Normalization;
}

/** A tap's features `[n, h, w, c]`, max-pooled by two, scaled, flattened, twice dense with ReLU, normalisation and dropout: `[n, units]`. */
export function connectDenseTrunk(
  kit: LayerKit,
  { features, tap }: { readonly features: SymbolicTensor; readonly tap: TapShape },
  o: DenseTrunkOptions,
): SymbolicTensor {
  // Scales are positive, so the largest stays the largest: scaled behind the pooling, a quarter of the numbers is touched.
  const pooled = kit.scale(tap, kit.maxPool(features, 'pool', [2, 2]));
  const flat = tf.layers.flatten({ name: 'flat' }).apply(pooled) as SymbolicTensor;
  const block = (x: SymbolicTensor, name: string, rate: number): SymbolicTensor => {
    const active = kit.dense(x, { name, units: o.units, relu: true });
    return kit.dropChannels(kit.normalize(active, `${name}-norm`, o.normalization), `${name}-drop`, rate);
  };
  const first = block(kit.dropChannels(flat, 'flat-drop', o.dropout / 4), 'dense-1', o.dropout);
  return block(first, 'dense-2', o.dropout / 2);
}
