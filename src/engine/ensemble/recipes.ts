/** Recipes that train nothing: models made of other models. What they are asked for is who belongs to them. */
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { RecipeCard } from '../recipes/recipe.ts';

/** A recipe that joins trained models. */
export interface EnsembleRecipe extends RecipeCard {
  /** What every member must say: the class of a photograph, or boxes. */
  readonly joins: 'class' | 'boxes';
}

const members = z
  .string()
  .default('')
  .describe('The trained models to join, two or more: their ids, with commas between.')
  .meta({ picks: 'models' });

const classEnsembleRecipe: EnsembleRecipe = {
  id: 'ensemble',
  version: 1,
  title: 'Ensemble of classes',
  tagline: 'Averages trained models of classes',
  summary:
    'The average of what two or more trained models say of the class of a photograph. Nothing is trained: it is made in seconds, and asks each of its models.',
  whenItFails:
    'When its models make the same mistakes: several seeds of one recipe bring less than different recipes. It takes as long as all its models together, and needs them: it stops when one is deleted.',
  readingTheNumbers:
    'As for its models: classAcc is the share of photographs whose class is right, logLoss the mean of −ln of the probability given to the right class. Judged only on photographs that none of its models learnt from; compare with the best of them on the same ones.',
  outputs: ['class'],
  seesNeighbours: true,
  joins: 'class',
  parameters: z.object({ members }).strict(),
};

const boxEnsembleRecipe: EnsembleRecipe = {
  id: 'ensemble-boxes',
  version: 1,
  title: 'Ensemble of detectors',
  tagline: 'Fuses boxes of trained detectors',
  summary:
    'What two or more trained models suggest, boxes that mean the same fish fused into one between them (weighted boxes fusion). Nothing is trained: it is made in seconds, and asks each of its models.',
  whenItFails:
    'When one of its models is much worse than the others: a box that only some of them see loses score. It takes as long as all its models together, and needs them: it stops when one is deleted.',
  readingTheNumbers:
    'As for the detector: mAP@.5 is the mean, over classes, of the average precision of boxes that overlap a hand box by half or more. A score is the mean of its models, times the share of models that saw the fish. Judged only on photographs that none of its models learnt from.',
  outputs: ['boxes'],
  seesNeighbours: true,
  joins: 'boxes',
  parameters: z
    .object({
      members,
      overlap: z
        .number()
        .min(0.1)
        .max(0.95)
        .default(0.55)
        .describe('Overlap (IoU) from which boxes of one class are taken for the same fish.'),
    })
    .strict(),
};

export const ensembleRecipes: readonly EnsembleRecipe[] = [classEnsembleRecipe, boxEnsembleRecipe];

/** Undefined for a recipe that trains. */
export function findEnsembleRecipe(id: string): EnsembleRecipe | undefined {
  return ensembleRecipes.find((recipe) => recipe.id === id);
}

/** Ids of the members. Throws `ensemble/members` for fewer than two, one named twice, or what is no id. */
export function readMembers(parameters: Readonly<Record<string, unknown>>): string[] {
  const ids = String(parameters.members ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  // An id names a folder beside the ensemble's own: nothing that could lead elsewhere.
  const isSound = ids.every((id) => /^[\w-]{1,100}$/.test(id)) && new Set(ids).size === ids.length;
  if (isSound && ids.length >= 2) return ids;
  throw new AppError({
    code: 'ensemble/members',
    message:
      ids.length < 2
        ? `An ensemble joins two or more trained models; ${ids.length === 0 ? 'none is' : 'one is'} named, so none was made.`
        : 'The members of an ensemble are ids of different models, with commas between; these are not, so none was made.',
    hint: 'Choose them among the settings of the recipe; on the command line: --set members=ID,ID.',
    details: { members: ids },
  });
}
