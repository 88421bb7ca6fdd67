/** `engine install`: puts native TensorFlow into the user's cache folder, phase by phase, and takes it away again. */
import { mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import { buildBinding, findCompiler } from './build-binding.ts';
import { ensureWheel, findPythonWithPip, hashFile, noSpace } from './download-wheel.ts';
import { bindingFileName, type InstallFolders, installFolders } from './engine-cache.ts';
import { takeInstallLock } from './install-lock.ts';
import { type InstallManifest, manifestFileName } from './manifest.ts';
import { cancelled } from './run-command.ts';
import { type SelfTestResult, selfTestBinding } from './self-test.ts';
import { unpackWheel } from './unpack-wheel.ts';
import { getWheel, type PinnedWheel } from './wheels.ts';

/** Phases in their order. `done` and `total` count bytes in `download` and `unpack`, else steps. */
export type InstallPhase = 'check' | 'download' | 'unpack' | 'build' | 'self-test';

/** Progress of an install; the shape of a job's progress. `etaMs` is null where it cannot be known. */
export interface InstallProgress {
  readonly phase: InstallPhase;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'steps';
  readonly etaMs: number | null;
}

/** What an install needs from outside. Everything after `variant` has a default and is there for tests. */
export interface InstallOptions {
  readonly cacheDir: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: InstallProgress) => void;
  readonly variant?: 'cpu';
  readonly wheel?: PinnedWheel;
  readonly pythonCandidates?: readonly string[];
  readonly compilerCandidates?: readonly string[];
  readonly downloadTimeoutMs?: number;
  readonly selfTest?: (
    bindingPath: string,
    options: { readonly signal?: AbortSignal },
  ) => Promise<SelfTestResult>;
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly nowMs?: () => number;
}

/**
 * Installs TensorFlow for Node: checks the machine, downloads the pinned wheel with pip, unpacks its libraries, compiles the
 * binding, tests it in a process of its own and moves it into place in one rename. An install that was cut off goes on where it
 * was. Progress comes at most ten times a second. Throws `engine-install/…` (`unsupported-platform`, `no-python`, `no-compiler`,
 * `no-space`, `download-failed`, `checksum`, `unpack-failed`, `build-failed`, `self-test`, `busy`) or `job/cancelled`;
 * an earlier finished install stays in use until the new one has passed its self-test.
 */
export async function installNativeTensorFlow(
  options: InstallOptions,
): Promise<{ readonly version: string; readonly folder: string; readonly manifest: InstallManifest }> {
  const variant = options.variant ?? 'cpu';
  const wheel = options.wheel ?? getWheel(process.platform, process.arch);
  const folders = installFolders(options.cacheDir, variant);
  await mkdir(folders.staging, { recursive: true });
  const release = await takeInstallLock(folders);
  try {
    const manifest = await installSteps(options, wheel, folders, createReporter(options));
    return { version: manifest.tensorflowVersion, folder: folders.final, manifest };
  } catch (error) {
    throw toInstallError(error, folders, wheel, options.signal);
  } finally {
    await release();
  }
}

/** Removes the install and any half-done one. True when there was something to remove. Throws `engine-install/busy` during an install. */
export async function uninstallNativeTensorFlow(options: { readonly cacheDir: string }): Promise<boolean> {
  const folders = installFolders(options.cacheDir, 'cpu');
  if (!(await exists(folders.root))) return false;
  const release = await takeInstallLock(folders);
  try {
    const found = (await exists(folders.final)) || (await exists(folders.staging));
    // Renamed first: a folder in use by a running engine disappears from view at once, whatever deleting takes.
    await rename(folders.final, `${folders.final}.old`).catch(ignoreMissing);
    for (const folder of [`${folders.final}.old`, folders.staging])
      await rm(folder, { recursive: true, force: true });
    return found;
  } finally {
    await release();
  }
}

type Reporter = (phase: InstallPhase, done: number, total: number, unit: 'bytes' | 'steps') => void;

async function installSteps(
  options: InstallOptions,
  wheel: PinnedWheel,
  folders: InstallFolders,
  report: Reporter,
): Promise<InstallManifest> {
  const { signal } = options;
  const withSignal = signal === undefined ? {} : { signal };
  report('check', 0, 3, 'steps');
  const compiler = await findCompiler(options.compilerCandidates, signal);
  report('check', 1, 3, 'steps');
  const python = await findPythonWithPip(options.pythonCandidates, signal);
  report('check', 2, 3, 'steps');
  await requireSpace(folders.root, wheel, options.freeBytes ?? readFreeBytes);
  report('check', 3, 3, 'steps');
  const wheelPath = await ensureWheel({
    python,
    wheel,
    folder: folders.staging,
    timeoutMs: options.downloadTimeoutMs ?? 60 * 60_000,
    onBytes: (bytes) => report('download', bytes, wheel.sizeBytes, 'bytes'),
    ...withSignal,
  });
  await unpackWheel(wheelPath, folders.staging, {
    onBytes: (done, total) => report('unpack', done, total, 'bytes'),
    ...withSignal,
  });
  report('build', 0, 1, 'steps');
  const bindingPath = await buildBinding(folders.staging, compiler.command, signal);
  report('build', 1, 1, 'steps');
  report('self-test', 0, 1, 'steps');
  const tested = await testOrDiscard(options, bindingPath);
  report('self-test', 1, 1, 'steps');
  const manifest = await describeInstall(options, wheel, bindingPath, compiler.version, tested);
  await moveIntoPlace(folders, wheelPath, manifest);
  return manifest;
}

/** A binding that fails is thrown away, so that the next try compiles a new one, perhaps with another compiler. */
async function testOrDiscard(options: InstallOptions, bindingPath: string): Promise<SelfTestResult> {
  try {
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    return await (options.selfTest ?? selfTestBinding)(bindingPath, signal);
  } catch (error) {
    await rm(bindingPath, { force: true });
    throw error;
  }
}

async function describeInstall(
  options: InstallOptions,
  wheel: PinnedWheel,
  bindingPath: string,
  compiler: string,
  tested: SelfTestResult,
): Promise<InstallManifest> {
  const nodePackage = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/package.json') as {
    version: string;
  };
  return {
    format: 1,
    variant: 'cpu',
    tensorflowVersion: tested.tensorflowVersion,
    platform: process.platform,
    arch: process.arch,
    wheel: { fileName: wheel.fileName, sha256: wheel.sha256 },
    binding: {
      fileName: bindingFileName,
      sha256: await hashFile(bindingPath),
      tfjsNodeVersion: nodePackage.version,
      compiler,
    },
    selfTest: { node: process.version, elapsedMs: tested.elapsedMs, matmulGflops: tested.matmulGflops },
    installedAt: new Date((options.nowMs ?? Date.now)()).toISOString(),
  };
}

async function moveIntoPlace(
  folders: InstallFolders,
  wheelPath: string,
  manifest: InstallManifest,
): Promise<void> {
  await writeFile(path.join(folders.staging, manifestFileName), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(path.join(folders.staging, 'source'), { recursive: true, force: true });
  await rm(wheelPath, { force: true });
  const old = `${folders.final}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(folders.final, old).catch(ignoreMissing);
  await rename(folders.staging, folders.final);
  await rm(old, { recursive: true, force: true });
}

/** Room for what is still missing: the wheel, its libraries, and a tenth for the file system. */
async function requireSpace(
  root: string,
  wheel: PinnedWheel,
  freeBytes: (folder: string) => Promise<number>,
): Promise<void> {
  const needed = Math.ceil((wheel.sizeBytes + wheel.unpackedBytes) * 1.1);
  const free = await freeBytes(root);
  if (free < needed) throw noSpace(root, needed, free);
}

async function readFreeBytes(folder: string): Promise<number> {
  const stats = await statfs(folder);
  return stats.bavail * stats.bsize;
}

function createReporter(options: InstallOptions): Reporter {
  const now = options.nowMs ?? Date.now;
  let phaseSeen: InstallPhase | undefined;
  let phaseStartMs = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  return (phase, done, total, unit) => {
    const nowMs = now();
    if (phase !== phaseSeen) phaseStartMs = nowMs;
    const worthTelling = phase !== phaseSeen || done >= total || nowMs - lastMs >= 100;
    phaseSeen = phase;
    if (!worthTelling) return;
    lastMs = nowMs;
    const known = unit === 'bytes' && done > 0;
    const etaMs = known ? Math.round(((nowMs - phaseStartMs) / done) * (total - done)) : null;
    options.onProgress?.({ phase, done, total, unit, etaMs });
  };
}

function toInstallError(
  error: unknown,
  folders: InstallFolders,
  wheel: PinnedWheel,
  signal: AbortSignal | undefined,
): unknown {
  if (error instanceof AppError) return error;
  if (signal?.aborted === true) return cancelled();
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return noSpace(folders.root, wheel.sizeBytes + wheel.unpackedBytes, undefined);
  }
  return error;
}

async function exists(folder: string): Promise<boolean> {
  try {
    await stat(folder);
    return true;
  } catch {
    return false;
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
