/** What an exported file says of itself: a text for people, and keys with JSON for programs. */

import type { Backbone } from '../backbones/load-backbone.ts';
import { computeNormalisation } from '../backbones/pixel-graph.ts';
import type { EnsembleCard } from '../ensemble/ensemble-file.ts';
import { findEnsembleRecipe } from '../ensemble/recipes.ts';
import { PADDING } from '../features/lay-down.ts';
import { getRecipe } from '../recipes/list.ts';
import type { OpenedModel } from '../train/load-model.ts';
import type { ExportedOutput } from './outputs/output-decoder.ts';

/** Raised when a reader of the keys would have to change. */
const FORM = 1;

const MIRRORED =
  'The studio reads the photograph mirrored too, turns the raw outputs back (columns in reverse order, the sign of the horizontal offset changed) and takes the mean of both before it picks boxes. This file reads once: its boxes are those of a single reading.';

const CLOSE_UPS =
  'The studio also reads four close-ups, corners two thirds as wide and as high as the photograph, and joins what it finds of small fish there. This file reads the whole alone.';

/** The text, and the metadata (`metadata_props`): each value but `catchlight.form` is JSON. `docs/how-to/run-an-exported-model.md` reads it. */
export function describeExport(
  { card, task, recipe: { frames }, features: { manifest } }: OpenedModel<Backbone>,
  parts: { readonly outputs: readonly ExportedOutput[]; readonly imageInputs: readonly string[] },
): { doc: string; metadata: Record<string, string> } {
  const recipe = getRecipe(card.recipe);
  const { mean, std, scale, colour, layout } = manifest.input;
  const { factor, offset } = computeNormalisation(manifest.input);
  const { widthPx, heightPx } = task.canvas;
  const cropping = recipe.cropping?.(card.parameters);
  const preprocessing = {
    input: manifest.input.name,
    layout,
    colour,
    canvas: { widthPx, heightPx },
    letterbox: {
      padding: PADDING,
      scale: 'min(canvas.widthPx / widthPx, canvas.heightPx / heightPx)',
      size: 'max(1, floor(side * scale + 0.5))',
      offset: 'floor((canvas side - scaled side) / 2)',
    },
    scale,
    mean,
    std,
    /** The same in one step, from values 0..255: value * factor + offset, a number a plane, in 32-bit floats. */
    factor,
    offset,
    imageInputs: parts.imageInputs,
    /** So many photographs are one input: those before the judged one, in their order, and itself; before the first of a clip the first again. */
    ...(frames && { frames: frames.count }),
    /** Not the photograph but the part around a box is laid into the canvas. */
    ...(cropping && { crop: { margin: cropping.marginFrac, level: cropping.level !== 'off' } }),
  };
  const postprocessing = {
    outputs: parts.outputs,
    boxes:
      'canvas pixels: left, top, width, height; image x = (x - offset) * image width / scaled width, and so for y',
    readingTheNumbers: recipe.readingTheNumbers,
    whenItFails: recipe.whenItFails,
    ...(card.mirrored === true && { mirrored: MIRRORED }),
    ...(card.closeUps === true && { closeUps: CLOSE_UPS }),
  };
  const model = {
    recipe: card.recipe,
    recipeVersion: card.recipeVersion,
    parameters: card.parameters,
    seed: card.seed,
    weights: card.weights.sha256,
    backbone: {
      id: manifest.id,
      version: manifest.version,
      sha256: manifest.sha256,
      licence: manifest.licence,
    },
  };
  const json = (value: unknown): string => JSON.stringify(value);
  return {
    doc: [
      `${recipe.title}, trained in Catchlight on the backbone ${manifest.id} ${manifest.version}. ${recipe.summary}`,
      `Input "${manifest.input.name}": float [${frames?.count ?? 'n'}, 3, ${heightPx}, ${widthPx}], ${colour}. Turn the photograph upright, scale it to fit into ${widthPx} x ${heightPx} pixels, centre it on grey ${PADDING}, bring values to ${scale}, subtract ${json(mean)} and divide by ${json(std)}, a number a colour.`,
      ...(cropping
        ? [
            `In place of the photograph take the part around a box: its size and ${cropping.marginFrac} of it on each side, grown to ${widthPx} : ${heightPx}${cropping.level === 'off' ? '' : ', turned so that the fish lies level'}.`,
          ]
        : []),
      ...(card.mirrored === true ? [MIRRORED] : []),
      ...(card.closeUps === true ? [CLOSE_UPS] : []),
      ...(frames
        ? [
            `Its ${frames.count} photographs are frames of one clip in their order, the one that is judged last; before the first frame of a clip repeat the first.`,
          ]
        : []),
      `Classes: ${card.classes.map(({ name }) => name).join(', ')}.`,
      ...parts.outputs.map(
        ({ name, shape, meaning }) => `Output "${name}" [${shape.join(', ')}]: ${meaning}`,
      ),
    ].join('\n'),
    metadata: {
      'catchlight.form': String(FORM),
      'catchlight.classes': json(card.classes.map(({ name }) => name)),
      'catchlight.preprocessing': json(preprocessing),
      'catchlight.postprocessing': json(postprocessing),
      'catchlight.model': json(model),
    },
  };
}

/** The same of an ensemble: how to feed it is said as of its members, which all read the same photograph. */
export function describeEnsemble(
  ensemble: EnsembleCard,
  members: readonly OpenedModel<Backbone>[],
  outputs: readonly ExportedOutput[],
): { doc: string; metadata: Record<string, string> } {
  const [first] = members as [OpenedModel<Backbone>];
  const recipe = findEnsembleRecipe(ensemble.recipe);
  const { classes } = ensemble;
  const told = describeExport({ ...first, card: { ...first.card, classes } }, { outputs, imageInputs: [] });
  const [, ...howTo] = told.doc.split('\n');
  const recipes = members.map(({ card }) => getRecipe(card.recipe).title).join(', ');
  const { manifest } = first.features;
  const intro = `${recipe?.title ?? ensemble.recipe} of ${members.length} models (${recipes}), trained in Catchlight on the backbone ${manifest.id} ${manifest.version}. ${recipe?.summary ?? ''}`;
  const model = {
    recipe: ensemble.recipe,
    recipeVersion: ensemble.recipeVersion,
    parameters: ensemble.parameters,
    members: ensemble.members,
    backbone: (JSON.parse(told.metadata['catchlight.model'] ?? '{}') as { backbone: unknown }).backbone,
  };
  const reading = JSON.parse(told.metadata['catchlight.postprocessing'] ?? '{}') as Record<string, unknown>;
  const { readingTheNumbers = '', whenItFails = '' } = recipe ?? {};
  return {
    doc: [intro, ...howTo].join('\n'),
    metadata: {
      ...told.metadata,
      'catchlight.postprocessing': JSON.stringify({ ...reading, readingTheNumbers, whenItFails }),
      'catchlight.model': JSON.stringify(model),
    },
  };
}
