/** A trained model on disk: `model.json` tells what it is, `weights.bin` holds its numbers, `checkpoint.bin` a run not yet ended. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { canvasSchema } from '../../core/learning.ts';
import { findFile, hashBytes, packArrays, unpackArrays, writeFileWhole } from './array-file.ts';
import type { WeightArray } from './weights.ts';

const MODEL_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.bin';
const CHECKPOINT_FILE = 'checkpoint.bin';

/** What `model.json` holds: all that is needed to use the model, and to train it again. */
export const modelCardSchema = z.object({
  format: z.literal(1),
  recipe: z.string(),
  recipeVersion: z.number().int(),
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  classes: z.array(z.object({ id: z.string(), name: z.string() })),
  backboneHash: z.string(),
  taps: z.array(z.string()),
  canvas: canvasSchema,
  /** How photographs lie in the canvas. */
  placement: z.literal('letterbox'),
  backend: z.string(),
  weights: z.object({ file: z.string(), sha256: z.string(), values: z.number().int() }),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

const weightsHeadSchema = z.object({ shapes: z.array(z.array(z.number())) });

/** Writes weights, then the card that names their hash: a card is there only when its weights are. Returns the hash. */
export async function saveModel(
  modelDir: string,
  card: Omit<ModelCard, 'weights' | 'format' | 'placement'>,
  weights: readonly WeightArray[],
): Promise<string> {
  await mkdir(modelDir, { recursive: true });
  const bytes = packArrays({
    head: { shapes: weights.map((weight) => weight.shape) },
    arrays: new Map(weights.map((weight) => [weight.name, weight.data])),
  });
  const sha256 = hashBytes(bytes);
  const values = weights.reduce((sum, weight) => sum + weight.data.length, 0);
  const whole: ModelCard = {
    format: 1,
    placement: 'letterbox',
    ...card,
    weights: { file: WEIGHTS_FILE, sha256, values },
  };
  await writeFileWhole(path.join(modelDir, WEIGHTS_FILE), bytes);
  const text = `${JSON.stringify(whole, null, 2)}\n`;
  await writeFileWhole(path.join(modelDir, MODEL_FILE), new TextEncoder().encode(text));
  return sha256;
}

/**
 * Reads a model. Throws `model/missing` when there is none, `model/newer` when a later version of the studio wrote it, `model/damaged`
 * when its bytes are not what the card says.
 */
export async function readModel(modelDir: string): Promise<{ card: ModelCard; weights: WeightArray[] }> {
  const text = await findFile(path.join(modelDir, MODEL_FILE));
  if (text === undefined) throw missing(modelDir);
  const parsed = modelCardSchema.safeParse(JSON.parse(new TextDecoder().decode(text)));
  if (!parsed.success) throw newer(modelDir);
  const card = parsed.data;
  // The card comes from a file: it may not lead out of the model's own folder.
  const file = path.join(modelDir, path.basename(card.weights.file));
  const bytes = await findFile(file);
  if (bytes === undefined) throw missing(modelDir);
  if (hashBytes(bytes) !== card.weights.sha256) {
    throw new AppError({
      code: 'model/damaged',
      message:
        'The weights of a model are not the ones it was saved with, so it was not loaded. Labels are not affected.',
      hint: 'Train the model again; its plan says how it was made.',
      details: { file },
    });
  }
  const unpacked = unpackArrays(bytes, file);
  const { shapes } = weightsHeadSchema.parse(unpacked.head);
  const weights = [...unpacked.arrays].map(([name, data], i) => ({ name, data, shape: shapes[i] ?? [] }));
  return { card, weights };
}

function missing(modelDir: string): AppError {
  return new AppError({
    code: 'model/missing',
    message: 'The files of this model are not there, so it cannot suggest. Labels are not affected.',
    hint: 'Train the model again; its plan says how it was made.',
    details: { modelDir },
  });
}

function newer(modelDir: string): AppError {
  return new AppError({
    code: 'model/newer',
    message: 'This model was written by another version of the studio, so it was not loaded.',
    hint: 'Update the studio, or train the model again.',
    details: { modelDir },
  });
}

/** Everything a run needs to go on with the same numbers. */
export interface Checkpoint {
  readonly head: CheckpointHead;
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

const checkpointHeadSchema = z.object({
  /** Fingerprint of everything that decides the numbers; another one starts anew. */
  run: z.string(),
  step: z.number().int(),
  elapsedMs: z.number(),
  epochsTold: z.number(),
  best: z.object({ value: z.number(), step: z.number(), evaluationsSince: z.number() }).nullable(),
});
export type CheckpointHead = z.infer<typeof checkpointHeadSchema>;

export async function saveCheckpoint(modelDir: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(modelDir, { recursive: true });
  await writeFileWhole(path.join(modelDir, CHECKPOINT_FILE), packArrays(checkpoint));
}

/** The checkpoint of a run that was not ended; undefined where there is none, or it belongs to another run or is not whole. */
export async function findCheckpoint(modelDir: string, run: string): Promise<Checkpoint | undefined> {
  const file = path.join(modelDir, CHECKPOINT_FILE);
  const bytes = await findFile(file);
  if (bytes === undefined) return undefined;
  try {
    const { head, arrays } = unpackArrays(bytes, file);
    const parsed = checkpointHeadSchema.safeParse(head);
    return parsed.success && parsed.data.run === run ? { head: parsed.data, arrays } : undefined;
  } catch (error) {
    // A checkpoint that cannot be read only costs its steps.
    if (error instanceof AppError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function removeCheckpoint(modelDir: string): Promise<void> {
  await rm(path.join(modelDir, CHECKPOINT_FILE), { force: true });
}
