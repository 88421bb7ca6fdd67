/** Models of version 0.1.0, whose `model.json` was the manifest and whose weights lay in an array file: still read, never written. */
import path from 'node:path';
import { z } from 'zod';
import { canvasSchema } from '../../core/learning.ts';
import { damagedModel, findFile, hashBytes, parseJson, unpackArrays } from './array-file.ts';
import type { ModelCard } from './model-files.ts';
import type { WeightArray } from './weights.ts';

const cardSchema = z.object({
  format: z.literal(1),
  recipe: z.string(),
  recipeVersion: z.number().int(),
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  classes: z.array(z.object({ id: z.string(), name: z.string() })),
  backboneHash: z.string(),
  taps: z.array(z.string()),
  canvas: canvasSchema,
  placement: z.literal('letterbox'),
  backend: z.string(),
  weights: z.object({ file: z.string(), sha256: z.string(), values: z.number().int() }),
});

const headSchema = z.object({ shapes: z.array(z.array(z.number())) });

/** Undefined where there is no such model; throws `model/damaged` when its bytes are not what it says. */
export async function findFirstFormat(
  modelDir: string,
): Promise<{ card: ModelCard; weights: WeightArray[] } | undefined> {
  const cardFile = path.join(modelDir, 'model.json');
  const text = await findFile(cardFile);
  const parsed = text === undefined ? undefined : cardSchema.safeParse(parseJson(text, cardFile));
  if (text === undefined || parsed?.success !== true) return undefined;
  const card = parsed.data;
  const file = path.join(modelDir, 'weights.bin');
  const bytes = await findFile(file);
  if (bytes === undefined || hashBytes(bytes) !== card.weights.sha256) throw damagedModel(file);
  const { head, arrays } = unpackArrays(bytes, file);
  const shapes = headSchema.safeParse(head);
  if (!shapes.success) throw damagedModel(file);
  const weights = [...arrays].map(([name, data], i) => ({ name, data, shape: shapes.data.shapes[i] ?? [] }));
  const { sha256, values } = card.weights;
  return {
    card: {
      ...card,
      format: 2,
      topology: { file: 'model.json', sha256: hashBytes(text) },
      weights: { file: 'weights.bin', sha256, values },
    },
    weights,
  };
}
