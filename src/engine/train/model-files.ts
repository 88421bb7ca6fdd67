/**
 * A trained model on disk. `model.json` and `weights.bin` are a tfjs LayersModel that any tfjs opens; `manifest.json` tells what it was
 * trained on and with, and the hashes of both; `checkpoint.bin` is a run not yet ended. docs/science/model-files.md has the form.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { canvasSchema } from '../../core/learning.ts';
import type { LayersModel } from '../backends/tf.ts';
import {
  damagedModel,
  findFile,
  hashBytes,
  packArrays,
  parseJson,
  unpackArrays,
  writeFileWhole,
} from './array-file.ts';
import { findFirstFormat } from './first-format.ts';
import { readStandardWeights, toStandardTopology } from './standard-model.ts';
import type { WeightArray } from './weights.ts';

const MANIFEST_FILE = 'manifest.json';
const TOPOLOGY_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.bin';
const CHECKPOINT_FILE = 'checkpoint.bin';
const BYTES_PER_VALUE = 4;
/** Manifests of models made of others: `ensemble/ensemble-file.ts` reads them. */
const ENSEMBLE_FORMAT = 3;
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** What `manifest.json` holds: all that is needed to use the model, and to train it again. */
const modelCardSchema = z.object({
  format: z.literal(2),
  recipe: z.string(),
  recipeVersion: z.number().int(),
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number().int(),
  classes: z.array(z.object({ id: z.string(), name: z.string() })),
  backboneHash: z.string(),
  /** For people: the whole backbone the features come from. Models of earlier versions do not say. */
  backbone: z.object({ id: z.string(), version: z.string() }).optional(),
  taps: z.array(z.string()),
  canvas: canvasSchema,
  /** How photographs lie in the canvas. */
  placement: z.literal('letterbox'),
  /** True when it reads photographs mirrored too and joins both. */
  mirrored: z.boolean().optional(),
  /** True when it reads close-ups too. */
  closeUps: z.boolean().optional(),
  backend: z.string(),
  topology: z.object({ file: z.literal(TOPOLOGY_FILE), sha256: sha256Schema }),
  weights: z.object({ file: z.literal(WEIGHTS_FILE), sha256: sha256Schema, values: z.number().int() }),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

/** What is known of a model before it is written. */
export type ModelFacts = Omit<ModelCard, 'weights' | 'topology' | 'format' | 'placement'>;

/** The part of tfjs' `model.json` that is read back. The topology is for others: the studio builds the net from the recipe. */
const tfjsModelSchema = z.object({
  format: z.literal('layers-model'),
  modelTopology: z.object({ class_name: z.string() }).loose(),
  weightsManifest: z.tuple([
    z.object({
      paths: z.tuple([z.string()]),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int().nonnegative()),
          dtype: z.literal('float32'),
        }),
      ),
    }),
  ]),
});

/**
 * Writes weights and topology as a tfjs LayersModel without any layer of ours, then the manifest that names their hashes: a manifest
 * is there only when its model is. Returns the hash of the weights.
 */
export async function saveModel(modelDir: string, card: ModelFacts, model: LayersModel): Promise<string> {
  await mkdir(modelDir, { recursive: true });
  const weights = readStandardWeights(model);
  const bytes = Buffer.concat(
    weights.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
  const sha256 = hashBytes(bytes);
  const tfjsModel: z.infer<typeof tfjsModelSchema> = {
    format: 'layers-model',
    modelTopology: { ...toStandardTopology(model) },
    weightsManifest: [
      {
        paths: [WEIGHTS_FILE],
        weights: weights.map(({ name, shape }) => ({ name, shape: [...shape], dtype: 'float32' })),
      },
    ],
  };
  const topology = toJsonBytes(tfjsModel);
  const whole: ModelCard = {
    format: 2,
    placement: 'letterbox',
    ...card,
    topology: { file: TOPOLOGY_FILE, sha256: hashBytes(topology) },
    weights: { file: WEIGHTS_FILE, sha256, values: bytes.length / BYTES_PER_VALUE },
  };
  await writeFileWhole(path.join(modelDir, WEIGHTS_FILE), bytes);
  await writeFileWhole(path.join(modelDir, TOPOLOGY_FILE), topology);
  await writeFileWhole(path.join(modelDir, MANIFEST_FILE), toJsonBytes(whole));
  return sha256;
}

function toJsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Reads a model: its manifest, and its weights under the names tfjs gives them. Throws `model/missing` when there is none,
 * `model/newer` when a later version of the studio wrote it, `model/damaged` when its bytes are not what the manifest says.
 */
export async function readModel(modelDir: string): Promise<{ card: ModelCard; weights: WeightArray[] }> {
  const manifest = await findFile(path.join(modelDir, MANIFEST_FILE));
  if (manifest === undefined) {
    const old = await findFirstFormat(modelDir);
    if (old === undefined) throw missing(modelDir);
    return old;
  }
  const card = readManifest(manifest, path.join(modelDir, MANIFEST_FILE));
  const topology = await readChecked(modelDir, TOPOLOGY_FILE, card.topology.sha256);
  const bytes = await readChecked(modelDir, WEIGHTS_FILE, card.weights.sha256);
  const parsed = tfjsModelSchema.safeParse(parseJson(topology, path.join(modelDir, TOPOLOGY_FILE)));
  if (!parsed.success) throw damagedModel(path.join(modelDir, TOPOLOGY_FILE));
  const specs = parsed.data.weightsManifest[0].weights;
  const values = specs.reduce((sum, { shape }) => sum + countValues(shape), 0);
  if (values * BYTES_PER_VALUE !== bytes.length) throw damagedModel(path.join(modelDir, WEIGHTS_FILE));
  let at = 0;
  const weights = specs.map(({ name, shape }): WeightArray => {
    // A copy of its own: files come as views of larger buffers, at any alignment.
    const data = new Float32Array(countValues(shape));
    new Uint8Array(data.buffer).set(bytes.subarray(at, at + data.byteLength));
    at += data.byteLength;
    return { name, shape, data };
  });
  return { card, weights };
}

function countValues(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Throws `model/newer` for a form this version does not know, `model/damaged` for what is no manifest at all. */
function readManifest(bytes: Uint8Array, file: string): ModelCard {
  const json = parseJson(bytes, file);
  const parsed = modelCardSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const format = z.object({ format: z.number() }).safeParse(json);
  if (format.success && format.data.format === ENSEMBLE_FORMAT) throw hasNoNet(path.dirname(file));
  throw format.success && format.data.format > ENSEMBLE_FORMAT
    ? newer(path.dirname(file))
    : damagedModel(file);
}

/** The bytes of one of the model's files. Names are fixed: a manifest cannot lead out of the model's own folder. */
async function readChecked(modelDir: string, name: string, sha256: string): Promise<Uint8Array> {
  const file = path.join(modelDir, name);
  const bytes = await findFile(file);
  if (bytes === undefined) throw missing(modelDir);
  if (hashBytes(bytes) !== sha256) throw damagedModel(file);
  return bytes;
}

function missing(modelDir: string): AppError {
  return new AppError({
    code: 'model/missing',
    message: 'The files of this model are not there, so it cannot suggest. Labels are not affected.',
    hint: 'Train the model again; its plan says how it was made.',
    details: { modelDir },
  });
}

function hasNoNet(modelDir: string): AppError {
  return new AppError({
    code: 'model/is-ensemble',
    message:
      'This model is an ensemble: it has no net of its own, so it is no member of another, makes no single file to export, and looks nowhere itself.',
    hint: 'Take one of the models it is made of.',
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

/** Removes the checkpoint of a run that ended, and drafts of files that a kill left beside it. */
export async function removeCheckpoint(modelDir: string): Promise<void> {
  await rm(path.join(modelDir, CHECKPOINT_FILE), { force: true });
  for (const name of await readdir(modelDir))
    if (/\.(bin|json)\.[0-9a-f]{8}\.tmp$/.test(name)) await rm(path.join(modelDir, name), { force: true });
}
