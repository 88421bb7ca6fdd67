/** The exact images and boxes a model is trained on, kept in its folder: a resumed run continues on the same ones. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Split } from '../../../core/records.ts';
import { engineImageSchema, trainingSampleSchema } from '../../../engine/messages.ts';
import { writeFileAtomically } from '../atomic-file.ts';

const trainingSetSchema = z.object({
  classes: z.array(z.object({ id: z.string(), name: z.string() })),
  samples: z.array(trainingSampleSchema),
  /** Photographs without labels that are frames around them, for recipes that see clips. */
  neighbours: z.array(engineImageSchema).optional(),
  plan: z.record(z.string(), z.unknown()),
  /** Id of the backbone the training began on, null for the embedded one; sets of earlier versions do not say. */
  backbone: z.string().nullable().optional(),
});
export type TrainingSet = z.infer<typeof trainingSetSchema>;

function fileIn(modelDir: string): string {
  return path.join(modelDir, 'training-set.json');
}

/** Writes the file whole or not at all. */
export function saveTrainingSet(modelDir: string, set: TrainingSet): void {
  writeFileAtomically(fileIn(modelDir), JSON.stringify(set));
}

/** Undefined when the model has none, or one that cannot be read. */
export function findTrainingSet(modelDir: string): TrainingSet | undefined {
  try {
    return trainingSetSchema.parse(JSON.parse(readFileSync(fileIn(modelDir), 'utf8')));
  } catch {
    // A model brought from elsewhere has no such file; without it the marks of the project decide.
    return undefined;
  }
}

/** Which side each image was on when the model was trained. */
export function readDivision(modelDir: string): ReadonlyMap<string, Split> {
  return new Map(
    (findTrainingSet(modelDir)?.samples ?? []).flatMap(({ image, split }) =>
      // Nobody labelled a pseudo-labelled photograph: it is on neither side.
      split === 'pseudo' ? [] : [[image.id, split]],
    ),
  );
}
