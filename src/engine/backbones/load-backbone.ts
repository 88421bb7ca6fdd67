/** Finds, checks and reads a backbone: manifest, file, checksum. The embedded one lies in `resources/backbone/`. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Canvas } from '../../core/learning.ts';
import { type BackboneManifest, backboneManifestSchema } from './backbone-manifest.ts';

/** Raised whenever photographs are turned into pixels differently (kernel, padding), so that old features are not mixed with new. */
const DECODING = 1;

/** A checked backbone in memory. */
export interface Backbone {
  readonly manifest: BackboneManifest;
  /** sha256 over the file, its taps and the way it is fed: the name of everything computed with it. */
  readonly hash: string;
  readonly taps: BackboneManifest['taps'];
  /** The ONNX file. Do not write into it. */
  readonly bytes: Uint8Array;
}

/**
 * Folder of the embedded backbone: `CATCHLIGHT_BACKBONE`, else `resources/backbone` beside or above this file, which is right for
 * sources, for the bundle and for a packaged studio alike. Throws `backbone/not-found`.
 */
export function embeddedBackboneDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const named = env.CATCHLIGHT_BACKBONE;
  if (named !== undefined && named !== '') return named;
  let folder = import.meta.dirname;
  for (;;) {
    const candidate = path.join(folder, 'resources', 'backbone');
    if (existsSync(path.join(candidate, 'manifest.json'))) return candidate;
    const above = path.dirname(folder);
    if (above === folder) break;
    folder = above;
  }
  throw notFound(path.join('resources', 'backbone'));
}

/**
 * Loads a backbone from its folder (default: the embedded one). Throws `backbone/not-found`, `backbone/bad-manifest`, or
 * `backbone/checksum` when the file is not the one the manifest names.
 */
export async function loadBackbone(folder: string = embeddedBackboneDir()): Promise<Backbone> {
  const manifest = await readManifest(folder);
  const file = path.join(folder, manifest.file);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw notFound(file, error);
  });
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== manifest.sha256) {
    throw new AppError({
      code: 'backbone/checksum',
      message: `The backbone ${manifest.id} is not the file its manifest describes, so it was not used. Photographs and labels are not affected.`,
      hint: 'Install the studio again, or put the original file back.',
      details: { file, expected: manifest.sha256, found },
    });
  }
  return { manifest, hash: hashFeatures(manifest), taps: manifest.taps, bytes };
}

/** A backbone's hash. Features are alike only when net, taps, normalisation and the way photographs are decoded are: all of it is in the name. */
export function hashFeatures({ sha256, input, taps }: BackboneManifest): string {
  return createHash('sha256')
    .update(JSON.stringify([DECODING, sha256, input, taps]))
    .digest('hex');
}

/** Throws `features/bad-canvas` when the backbone cannot work on a canvas of this size. */
export function checkCanvas(backbone: Pick<Backbone, 'manifest' | 'taps'>, canvas: Canvas): void {
  const unit = backbone.taps.reduce(
    (largest, tap) => Math.max(largest, tap.stride),
    backbone.manifest.input.multipleOf,
  );
  if (canvas.widthPx % unit === 0 && canvas.heightPx % unit === 0) return;
  throw new AppError({
    code: 'features/bad-canvas',
    message: `A canvas of ${canvas.widthPx} × ${canvas.heightPx} pixels does not fit the backbone, so no features were computed.`,
    hint: `Choose a width and a height that are multiples of ${unit}.`,
    details: { ...canvas, multipleOf: unit },
  });
}

/** The manifest of a backbone folder. Throws `backbone/not-found`, `backbone/bad-manifest`. */
export async function readManifest(folder: string): Promise<BackboneManifest> {
  const file = path.join(folder, 'manifest.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw notFound(file, error);
  });
  try {
    return backboneManifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError({
      code: 'backbone/bad-manifest',
      message: 'The manifest of the backbone cannot be understood, so no features can be computed.',
      hint: 'Install the studio again, or put the original manifest back.',
      details: { file, cause: error instanceof Error ? error.message : String(error) },
    });
  }
}

function notFound(file: string, cause?: unknown): AppError {
  return new AppError({
    code: 'backbone/not-found',
    message:
      'The backbone that computes features was not found, so nothing can be learnt or suggested. Labels are not affected.',
    hint: 'Install the studio again; its folder `resources/backbone` must be complete.',
    details: { file },
    cause,
  });
}
