/** Adds a classifier to this user's backbones: fetched or read, checked, cut, tried, and moved into place in one rename. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { JobProgress } from '../../core/jobs.ts';
import { downloadFile } from '../install/download-file.ts';
import { cancelled } from '../install/run-command.ts';
import { addedBackboneDir, backbonesDir } from './backbone-library.ts';
import { type BackboneManifest, backboneManifestSchema } from './backbone-manifest.ts';
import { type CutClassifier, cutClassifier, IMAGE } from './cut-classifier.ts';
import { embeddedBackboneDir, readManifest } from './load-backbone.ts';
import { type AskedNormalisation, decideNormalisation } from './normalisation.ts';
import { readOnnxGraph } from './onnx-graph.ts';
import { onnxRuntime } from './session.ts';

export interface AddBackboneOptions {
  /** Absolute path of an ONNX file, or an http(s) address. */
  readonly from: string;
  /** sha256 the file must have. Needed for an address. */
  readonly sha256?: string | undefined;
  /** Name to add it under; made from the file's name when left out. */
  readonly id?: string | undefined;
  readonly licence?: string | undefined;
  readonly normalisation: AskedNormalisation;
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
}

/** Protobuf itself ends at 2 GiB. */
const MAX_BYTES = 2 ** 31 - 1;
const FILE = 'backbone.onnx';

/**
 * Adds it and returns its manifest; the same file asked for in the same way again is already there. Throws `backbone/checksum-needed`,
 * `backbone/file-missing`, `backbone/other-file`, `backbone/name-taken`, `backbone/bad-id`, `backbone/too-large`, `backbone/unusable`,
 * `download/…`, and what cutting and {@link decideNormalisation} throw. Nothing is left behind then, but for a half-fetched file.
 */
export async function addBackbone(options: AddBackboneOptions): Promise<BackboneManifest> {
  const { signal } = options;
  const id = options.id ?? idFrom(options.from);
  const folder = addedBackboneDir(id, options.cacheDir);
  const source = await obtain(options);
  throwIfCancelled(signal);
  report(options, 'check', 0);
  const sha256 = createHash('sha256').update(source.bytes).digest('hex');
  if (options.sha256 !== undefined && sha256 !== options.sha256.toLowerCase())
    throw otherFile(options, sha256);
  const cut = cutClassifier(source.bytes);
  const graph = readOnnxGraph(source.bytes);
  const found = decideNormalisation(options.normalisation, graph, sha256);
  report(options, 'check', 1);
  const manifest = backboneManifestSchema.parse({
    id,
    version: sha256.slice(0, 12),
    file: FILE,
    sha256: createHash('sha256').update(cut.bytes).digest('hex'),
    licence: options.licence ?? found.licence ?? 'not stated',
    input: { name: IMAGE, layout: 'NCHW', ...found.normalisation, multipleOf: cut.multipleOf },
    taps: cut.taps.map(({ name, stride, channels }) => ({ name, stride, channels })),
    source: {
      from: source.name,
      sha256,
      normalisation: found.assumed,
      border: cut.border,
      tensors: Object.fromEntries(cut.taps.map(({ name, tensor }) => [name, tensor])),
    },
  } satisfies BackboneManifest);
  const present = await findPresent(id, folder, manifest);
  if (present !== undefined) return present;
  await tryOut(cut);
  throwIfCancelled(signal);
  report(options, 'check', 2);
  await putInPlace(folder, manifest, cut.bytes);
  await source.discard();
  return manifest;
}

function report(options: AddBackboneOptions, phase: string, done: number): void {
  options.onProgress?.({ phase, done, total: 2, unit: 'steps', etaMs: null });
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}

/** `…/ResNet50-v1.onnx?x=1` → `resnet50-v1`. */
function idFrom(from: string): string {
  // `%20` and its like read as what they stand for; every sign that is not plain becomes a dash below.
  const last =
    isAddress(from) && URL.canParse(from) ? new URL(from).pathname.replace(/%[0-9a-f]{2}/gi, ' ') : from;
  const name = path.posix.basename(last.replaceAll('\\', '/')).replace(/\.onnx$/i, '');
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '')
    .slice(0, 63);
  return id === '' ? 'backbone' : id;
}

const isAddress = (from: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(from);

interface Source {
  readonly bytes: Uint8Array;
  /** As the manifest names it. */
  readonly name: string;
  /** Removes what was fetched. */
  discard(): Promise<void>;
}

async function obtain(options: AddBackboneOptions): Promise<Source> {
  const { from, sha256 } = options;
  if (!isAddress(from)) {
    return { bytes: await readSource(from), name: path.basename(from), discard: () => Promise.resolve() };
  }
  if (sha256 === undefined) {
    throw new AppError({
      code: 'backbone/checksum-needed',
      message:
        'A net from the network is added only with its checksum, so that it is the published one. Nothing was fetched.',
      hint: 'Give --sha256 as published beside the file, or fetch the file yourself and add it by its path.',
      details: { from },
    });
  }
  const file = path.join(backbonesDir(options.cacheDir), '.downloads', `${sha256.toLowerCase()}.onnx`);
  if (!existsSync(file)) await fetchTo(file, sha256, options);
  // An address may carry a key in its query; the manifest is read by others.
  const { origin, pathname } = new URL(from);
  return {
    bytes: await readSource(file),
    name: `${origin}${pathname}`,
    discard: () => rm(file, { force: true }),
  };
}

async function fetchTo(file: string, sha256: string, options: AddBackboneOptions): Promise<void> {
  const startMs = performance.now();
  let first: number | undefined;
  await downloadFile({
    url: options.from,
    file,
    sha256,
    maxBytes: MAX_BYTES,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onBytes: (done, total) => {
      first ??= done;
      const msPerByte = (performance.now() - startMs) / Math.max(1, done - first);
      const etaMs = total > 0 && done > first ? msPerByte * (total - done) : null;
      options.onProgress?.({ phase: 'download', done, total, unit: 'bytes', etaMs });
    },
  });
}

async function readSource(file: string): Promise<Uint8Array> {
  const size = await stat(file).then(
    (found) => found.size,
    (error: unknown) => {
      throw new AppError({
        code: 'backbone/file-missing',
        message: `There is no file ${file}, so nothing was added.`,
        hint: 'Check the path.',
        details: { file },
        cause: error,
      });
    },
  );
  if (size > MAX_BYTES) {
    throw new AppError({
      code: 'backbone/too-large',
      message: `${file} is larger than 2 GB, which no ONNX file can be, so it was not added.`,
      hint: 'Check the path.',
      details: { file, bytes: size },
    });
  }
  return await readFile(file);
}

function otherFile(options: AddBackboneOptions, found: string): AppError {
  return new AppError({
    code: 'backbone/other-file',
    message: `${options.from} is not the file asked for (its checksum differs), so it was not added.`,
    hint: 'Fetch it again, or ask whoever published it for the right checksum.',
    details: { from: options.from, expected: options.sha256, found },
  });
}

/** The backbone of that name if it is this one already. Throws `backbone/name-taken` when it is another. */
async function findPresent(
  id: string,
  folder: string,
  manifest: BackboneManifest,
): Promise<BackboneManifest | undefined> {
  const same = (other: BackboneManifest): boolean =>
    JSON.stringify([other.sha256, other.input, other.taps]) ===
    JSON.stringify([manifest.sha256, manifest.input, manifest.taps]);
  if (existsSync(folder)) {
    // One that cannot be read gives way to the new one.
    const present = await readManifest(folder).catch(() => undefined);
    if (present === undefined) await rm(folder, { recursive: true, force: true });
    else if (same(present)) return present;
    else throw nameTaken(id);
  }
  if ((await readManifest(embeddedBackboneDir())).id === id) throw nameTaken(id);
  return undefined;
}

function nameTaken(id: string): AppError {
  return new AppError({
    code: 'backbone/name-taken',
    message: `There is another backbone called ${id}, or the same net fed in another way, so nothing was added.`,
    hint: `Choose a name with --id, or remove the other first: \`catchlight backbone remove ${id}\`.`,
    details: { id },
  });
}

/** Runs the cut net at two sizes: what looks right on paper must come out of ONNX Runtime. Throws `backbone/unusable`. */
async function tryOut({ bytes, taps, multipleOf }: CutClassifier): Promise<void> {
  const ort = onnxRuntime();
  const fail = (why: string, cause?: unknown): AppError =>
    new AppError({
      code: 'backbone/unusable',
      message: `This net was read and cut, but does not compute what a backbone must (${why}), so it was not added.`,
      hint: 'Export it again for pictures of any size, or choose another net.',
      details: { why },
      cause,
    });
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 }).catch(
    (error: unknown) => {
      throw fail(error instanceof Error ? error.message : String(error), error);
    },
  );
  try {
    for (const [height, width] of [
      [2, 3],
      [3, 2],
    ] as const) {
      const dims = [1, 3, height * multipleOf, width * multipleOf];
      const pixels = Float32Array.from(
        { length: 3 * height * width * multipleOf ** 2 },
        (_, i) => (i % 97) / 97,
      );
      const results = await session
        .run({ [IMAGE]: new ort.Tensor('float32', pixels, dims) })
        .catch((error: unknown) => {
          throw fail(error instanceof Error ? error.message : String(error), error);
        });
      for (const { name, stride, channels } of taps) {
        const expected = [1, channels, (height * multipleOf) / stride, (width * multipleOf) / stride];
        const map = results[name];
        if (map?.dims.join() !== expected.join())
          throw fail(`${name} is ${map?.dims.join(' × ')} where ${expected.join(' × ')} is right`);
        if (!(map.data as Float32Array).every(Number.isFinite))
          throw fail(`${name} holds values that are not numbers`);
      }
    }
  } finally {
    await session.release();
  }
}

async function putInPlace(folder: string, manifest: BackboneManifest, bytes: Uint8Array): Promise<void> {
  const half = `${folder}.half`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  try {
    await writeFile(path.join(half, manifest.file), bytes);
    await writeFile(path.join(half, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(half, folder);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}
