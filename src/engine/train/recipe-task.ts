/** What a recipe stands on: the taps of a backbone or, where it moves the last blocks, those blocks and the place they start from. */
import type { Canvas } from '../../core/learning.ts';
import type { BackboneManifest } from '../backbones/backbone-manifest.ts';
import { cutBackbone } from '../backbones/cut-backbone.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { openTrunk } from '../backbones/trunk.ts';
import { type TapShape, tapShapes } from '../features/feature-types.ts';
import type { Recipe, RecipeTask } from '../recipes/recipe.ts';

/** What a recipe must know of the backbone it stands on. Recipes that move its last blocks need its file, too. */
export interface GroundBackbone {
  readonly hash: string;
  readonly taps: Backbone['taps'];
  readonly bytes?: Uint8Array;
  readonly manifest?: BackboneManifest;
}

/** A task, and the backbone that computes the features for it: the frozen part alone where the recipe moves the rest. */
export interface Standing<Features> {
  readonly task: RecipeTask;
  readonly features: Features;
}

/**
 * The task of a recipe with these settings. Throws `recipe/parameters`, and `backbone/not-trainable` for a recipe with `fineTuning` on a
 * backbone whose last blocks cannot be trained.
 */
export function prepareTask<Features extends GroundBackbone>(
  recipe: Recipe,
  parameters: Readonly<Record<string, unknown>>,
  ground: { readonly backbone: Features; readonly canvas: Canvas; readonly classes: number },
): Standing<Features | Backbone> {
  const { backbone, canvas, classes } = ground;
  const taps = tapShapes(backbone.taps, canvas);
  const tuning = recipe.fineTuning?.(parameters);
  if (tuning === undefined) return { task: { classes, canvas, taps }, features: backbone };
  const { bytes, manifest } = backbone;
  if (bytes === undefined || manifest === undefined)
    throw new RangeError(`${recipe.id} needs the backbone's file`);
  const whole = { hash: backbone.hash, taps: backbone.taps, bytes, manifest };
  const trunk = openTrunk(whole, tuning.cutStride);
  const features = cutBackbone(whole, trunk);
  const [cut] = tapShapes(features.taps, canvas) as [TapShape];
  return { task: { classes, canvas, taps, fineTuned: { trunk, cut } }, features };
}
