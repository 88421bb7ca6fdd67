/** Whatever suggests, by the folder of its model: one net, an ensemble, or a model of crops with its detector. */
import type { Backbone } from '../backbones/load-backbone.ts';
import { findEnsemble } from '../ensemble/ensemble-file.ts';
import { openMembers } from '../ensemble/open-members.ts';
import { streamVerdicts } from '../ensemble/stream-verdicts.ts';
import { getRecipe } from '../recipes/list.ts';
import type { ModelGround } from '../train/load-model.ts';
import { readModel } from '../train/model-files.ts';
import type { Cropping } from './cropping.ts';
import { openSecondLook, type SecondLook } from './second-look.ts';

/** How a model cuts crops; undefined for one that looks at whole photographs. Throws what `readModel` throws. */
export async function findCropping(modelDir: string): Promise<Cropping | undefined> {
  const { card } = await readModel(modelDir);
  return getRecipe(card.recipe).cropping?.(card.parameters);
}

/** Throws what `openMembers` and `openSecondLook` throw. */
export async function openVerdicts(
  modelDir: string,
  ground: ModelGround<Backbone> & { readonly featuresDir: string },
): Promise<SecondLook> {
  if ((await findEnsemble(modelDir)) === undefined) {
    const cropping = await findCropping(modelDir);
    if (cropping !== undefined) return await openSecondLook(modelDir, cropping, ground);
  }
  const members = await openMembers(modelDir, ground);
  return {
    stream: (options) => streamVerdicts({ ...options, members }),
    close: async () => members.dispose(),
  };
}
