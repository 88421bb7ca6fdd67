/** The models a model of crops needs beside its own: the one that finds boxes and, where fish are laid level, the one that tells how they lie. */
import path from 'node:path';
import { AppError, toAppErrorData } from '../../core/errors.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { type Members, openMembers } from '../ensemble/open-members.ts';
import type { ModelGround } from '../train/load-model.ts';
import type { Cropping } from './cropping.ts';
import { type Leveller, openLeveller } from './leveller.ts';

export interface OpenedStages {
  readonly detector: Members;
  readonly leveller: Leveller;
  close(): Promise<void>;
}

/**
 * Opens them from their folders in `modelsDir`. Throws `crops/no-detector` where none is named, `crops/detector-missing`,
 * `crops/detector-unusable`, `crops/turner-missing`, `crops/turner-unusable`, which say which model and why.
 */
export async function openStages(
  modelsDir: string,
  cropping: Cropping,
  ground: ModelGround<Backbone> & { readonly featuresDir: string },
): Promise<OpenedStages> {
  if (cropping.detector === '') throw noDetector();
  const detector = await openNamed(
    'detector',
    cropping.detector,
    (dir) => openMembers(dir, ground),
    modelsDir,
  );
  try {
    if (!detector.findsBoxes) throw findsNone(cropping.detector);
    const { turner } = cropping;
    const leveller =
      turner === '' || cropping.level === 'off'
        ? await openLeveller(null, cropping, ground)
        : await openNamed('turner', turner, (dir) => openLeveller(dir, cropping, ground), modelsDir);
    return {
      detector,
      leveller,
      close: async () => {
        detector.dispose();
        await leveller.close();
      },
    };
  } catch (error) {
    detector.dispose();
    throw error;
  }
}

const roles = {
  detector: 'whose boxes are to be looked at again',
  turner: 'that is to tell how fish lie',
} as const;

async function openNamed<Opened>(
  role: keyof typeof roles,
  id: string,
  open: (modelDir: string) => Promise<Opened>,
  modelsDir: string,
): Promise<Opened> {
  // An id names a folder beside the model's own: nothing that could lead elsewhere.
  if (!/^[\w-]{1,100}$/.test(id)) throw missing(role, id);
  try {
    return await open(path.join(modelsDir, id));
  } catch (error) {
    const told = toAppErrorData(error);
    if (told.code.startsWith('crops/')) throw error;
    if (told.code === 'model/missing') throw missing(role, id);
    throw new AppError({
      code: `crops/${role}-unusable`,
      message: `The model ${id}, ${roles[role]}, cannot be used: ${told.message}`,
      hint: told.hint || 'Train it again, or name another.',
      details: { model: id, code: told.code },
    });
  }
}

function missing(role: keyof typeof roles, id: string): AppError {
  return new AppError({
    code: `crops/${role}-missing`,
    message: `The model ${id}, ${roles[role]}, is not there any more, so boxes cannot be looked at again. Labels are not affected.`,
    hint: `Train again with another model in ${role}.`,
    details: { model: id },
  });
}

function noDetector(): AppError {
  return new AppError({
    code: 'crops/no-detector',
    message: 'A second look needs boxes, and no model is named that finds them, so nothing was trained.',
    hint: 'Train a detector first, or name a trained one in the setting detector.',
  });
}

function findsNone(id: string): AppError {
  return new AppError({
    code: 'crops/detector-unusable',
    message: `The model ${id} says the class of whole photographs and finds no boxes, so there is nothing to look at again.`,
    hint: 'Name a detector in the setting detector.',
    details: { model: id },
  });
}
