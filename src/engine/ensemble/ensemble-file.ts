/** An ensemble on disk: `manifest.json` of format 3 in a model's folder, naming the models beside it that it is made of. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { canvasSchema } from '../../core/learning.ts';
import { damagedModel, findFile, hashBytes, parseJson, writeFileWhole } from '../train/array-file.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const ensembleCardSchema = z.object({
  format: z.literal(3),
  recipe: z.string(),
  recipeVersion: z.number().int(),
  parameters: z.record(z.string(), z.unknown()),
  classes: z.array(z.object({ id: z.string(), name: z.string() })),
  canvas: canvasSchema,
  /** Names of folders beside this one, and what their weights were when they were joined. */
  members: z
    .array(z.object({ id: z.string().regex(/^[\w-]{1,100}$/), recipe: z.string(), weights: sha256Schema }))
    .min(2),
});
export type EnsembleCard = z.infer<typeof ensembleCardSchema>;

const manifestOf = (modelDir: string): string => path.join(modelDir, 'manifest.json');

/** Writes it whole or not at all. Returns a hash of its members' weights. */
export async function saveEnsemble(modelDir: string, card: EnsembleCard): Promise<string> {
  await mkdir(modelDir, { recursive: true });
  const bytes = new TextEncoder().encode(`${JSON.stringify(card, null, 2)}\n`);
  await writeFileWhole(manifestOf(modelDir), bytes);
  return hashBytes(new TextEncoder().encode(card.members.map(({ weights }) => weights).join()));
}

/** Undefined when the folder holds no ensemble. Throws `model/damaged` for one that is not whole. */
export async function findEnsemble(modelDir: string): Promise<EnsembleCard | undefined> {
  const bytes = await findFile(manifestOf(modelDir));
  if (bytes === undefined) return undefined;
  const json = parseJson(bytes, manifestOf(modelDir));
  if (z.object({ format: z.literal(3) }).safeParse(json).success === false) return undefined;
  const parsed = ensembleCardSchema.safeParse(json);
  if (!parsed.success) throw damagedModel(manifestOf(modelDir));
  return parsed.data;
}
