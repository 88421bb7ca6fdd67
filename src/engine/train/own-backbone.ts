/** What a trained model stands on: the project's backbone or, where the project chose another since, the one it learnt on. */
import { AppError, toAppErrorData } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import { listLoadable } from '../backbones/backbone-library.ts';
import { type Backbone, hashFeatures } from '../backbones/load-backbone.ts';
import { getRecipe } from '../recipes/list.ts';
import type { ModelCard } from './model-files.ts';
import { type GroundBackbone, prepareTask, type Standing } from './recipe-task.ts';

interface Ground<Features> {
  readonly backbone: Features;
  readonly canvas: Canvas;
}

/**
 * The task of a model, and what computes the features it learnt on: the project's backbone if those are its features, else the one of this
 * user that is. Throws `model/other-canvas`, and `model/other-backbone` when this user has none.
 */
export async function standOnOwn<Features extends GroundBackbone>(
  card: ModelCard,
  ground: Ground<Features>,
): Promise<Standing<Features | Backbone>> {
  const { canvas, backbone } = ground;
  if (card.canvas.widthPx !== canvas.widthPx || card.canvas.heightPx !== canvas.heightPx)
    throw otherCanvas(card, canvas);
  const here = tryStanding(card, ground);
  if (here?.features.hash === card.backboneHash) return here;
  const movesBlocks = getRecipe(card.recipe).fineTuning !== undefined;
  for (const { manifest, load } of await listLoadable()) {
    // What a model that moves blocks stands on is told by the whole file; for others the manifest says it.
    if (!movesBlocks && hashFeatures(manifest) !== card.backboneHash) continue;
    const own = await load().catch(() => undefined);
    const standing = own && tryStanding(card, { backbone: own, canvas });
    if (standing?.features.hash === card.backboneHash) return standing;
  }
  throw otherBackbone(card, backbone);
}

/** Undefined where the model's last blocks are not in this backbone. */
function tryStanding<Features extends GroundBackbone>(
  card: ModelCard,
  { backbone, canvas }: Ground<Features>,
): Standing<Features | Backbone> | undefined {
  const classes = card.classes.length;
  try {
    return prepareTask(getRecipe(card.recipe), card.parameters, { backbone, canvas, classes });
  } catch (error) {
    if (toAppErrorData(error).code.startsWith('backbone/')) return undefined;
    throw error;
  }
}

function otherCanvas({ canvas: own }: ModelCard, canvas: Canvas): AppError {
  return new AppError({
    code: 'model/other-canvas',
    message: `This model learnt on photographs laid into ${own.widthPx} × ${own.heightPx} pixels, and this project lays them into ${canvas.widthPx} × ${canvas.heightPx}, so its suggestions would mean nothing. It was not loaded.`,
    hint: 'Train it again; its plan says how it was made.',
    details: { model: own, project: canvas },
  });
}

function otherBackbone({ backbone, backboneHash }: ModelCard, project: GroundBackbone): AppError {
  const name =
    backbone === undefined ? 'another backbone' : `the backbone ${backbone.id} ${backbone.version}`;
  return new AppError({
    code: 'model/other-backbone',
    message: `This model learnt on features of ${name}, which is not on this machine, so it cannot suggest here. It was not loaded; labels are not affected.`,
    hint: 'Add that backbone again (`catchlight backbone add`), or train the model again with the features this project uses now.',
    details: { model: backboneHash, backbone: backbone ?? null, project: project.hash },
  });
}
