/** `engine install`: puts native TensorFlow, for the processor or for NVIDIA cards, into the user's cache folder, phase by phase, and takes it away again. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import { buildBinding, buildOps, findCompiler } from './build-binding.ts';
import { ensureWheel, findPythonWithPip, hashFile, noSpace, type PythonWithPip } from './download-wheel.ts';
import {
  bindingFileName,
  type InstallFolders,
  type InstallVariant,
  installFolders,
  installVariants,
  opsFileName,
} from './engine-cache.ts';
import { findNvidiaCard } from './gpu-driver.ts';
import { takeInstallLock } from './install-lock.ts';
import {
  findInstalledTensorFlow,
  type InstalledTensorFlow,
  type InstallManifest,
  manifestFileName,
} from './manifest.ts';
import { cancelled } from './run-command.ts';
import { type SelfTestResult, selfTestBinding } from './self-test.ts';
import { unpackWheel } from './unpack-wheel.ts';
import { getWheels, type PinnedWheel } from './wheels.ts';

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
  readonly variant?: InstallVariant;
  /** TensorFlow's first, then those it opens at run time. */
  readonly wheels?: readonly [PinnedWheel, ...PinnedWheel[]];
  /** Programs that ask the NVIDIA driver for its cards. */
  readonly driverCandidates?: readonly string[];
  readonly pythonCandidates?: readonly string[];
  readonly compilerCandidates?: readonly string[];
  readonly downloadTimeoutMs?: number;
  readonly selfTest?: (
    bindingPath: string,
    options: { readonly signal?: AbortSignal; readonly device?: 'cpu' | 'gpu' },
  ) => Promise<SelfTestResult>;
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly nowMs?: () => number;
}

/**
 * Installs TensorFlow for Node: checks the machine, downloads the pinned wheels with pip, unpacks their libraries, compiles the
 * binding, tests it in a process of its own (`cuda`: on the card) and moves it into place in one rename. An install that was cut
 * off goes on where it was. Progress comes at most ten times a second. Throws `engine-install/…` (`unsupported-platform`,
 * `no-driver`, `old-driver`, `no-python`, `no-compiler`, `no-space`, `download-failed`, `checksum`, `unpack-failed`, `build-failed`, `self-test`, `busy`) or `job/cancelled`;
 * an earlier finished install stays in use until the new one has passed its self-test.
 */
export async function installNativeTensorFlow(
  options: InstallOptions,
): Promise<{ readonly version: string; readonly folder: string; readonly manifest: InstallManifest }> {
  const variant = options.variant ?? 'cpu';
  const wheels = options.wheels ?? getWheels(variant, process.platform, process.arch);
  const folders = installFolders(options.cacheDir, variant);
  await mkdir(folders.staging, { recursive: true });
  const release = await takeInstallLock(folders);
  try {
    const manifest = await installSteps({ ...options, variant, wheels }, folders, createReporter(options));
    return { version: manifest.tensorflowVersion, folder: folders.final, manifest };
  } catch (error) {
    throw toInstallError(error, folders, bytesOf(wheels), options.signal);
  } finally {
    await release();
  }
}

/** Removes the installs of both variants and any half-done one. True when there was something to remove. Throws `engine-install/busy` during an install. */
export async function uninstallNativeTensorFlow(options: { readonly cacheDir: string }): Promise<boolean> {
  let found = false;
  for (const variant of installVariants) {
    if (await uninstallVariant(installFolders(options.cacheDir, variant))) found = true;
  }
  return found;
}

async function uninstallVariant(folders: InstallFolders): Promise<boolean> {
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

type Chosen = InstallOptions & Required<Pick<InstallOptions, 'variant' | 'wheels'>>;

async function installSteps(
  options: Chosen,
  folders: InstallFolders,
  report: Reporter,
): Promise<InstallManifest> {
  const { signal, variant, wheels } = options;
  const checks = variant === 'cuda' ? 4 : 3;
  report('check', 0, checks, 'steps');
  const compiler = await findCompiler(options.compilerCandidates, signal);
  report('check', 1, checks, 'steps');
  const python = await findPythonWithPip(options.pythonCandidates, signal);
  report('check', 2, checks, 'steps');
  if (variant === 'cuda') {
    await findNvidiaCard(options.driverCandidates, signal);
    report('check', 3, checks, 'steps');
  }
  await requireSpace(folders, wheels, options.freeBytes ?? readFreeBytes);
  report('check', checks, checks, 'steps');
  const present = findPresent(options);
  if (present !== undefined) return await renewOps(present, compiler.command, options, report);
  const wheelPaths = await fetchWheels(options, folders, python, report);
  await unpackWheels(wheelPaths, options, folders, report);
  report('build', 0, 1, 'steps');
  const bindingPath = await buildBinding(folders.staging, compiler.command, signal);
  // A card has its own ways; there they would lie about unused.
  if (variant === 'cpu') await buildOps(folders.staging, compiler.command, signal);
  report('build', 1, 1, 'steps');
  report('self-test', 0, 1, 'steps');
  const tested = await testOrDiscard(options, bindingPath);
  report('self-test', 1, 1, 'steps');
  const manifest = await describeInstall(options, bindingPath, compiler.version, tested);
  await moveIntoPlace(folders, wheelPaths, manifest);
  return manifest;
}

/** A finished install of this very TensorFlow that lacks nothing but our own ops: made by an earlier version of the studio. */
function findPresent({ cacheDir, variant, wheels }: Chosen): InstalledTensorFlow | undefined {
  if (variant !== 'cpu') return undefined;
  try {
    const found = findInstalledTensorFlow(cacheDir, variant);
    const isSame = found?.manifest.wheel.sha256 === wheels[0].sha256 && existsSync(found.bindingPath);
    return isSame && !existsSync(path.join(found.folder, opsFileName)) ? found : undefined;
  } catch {
    return undefined; // Its record cannot be read: it is made anew.
  }
}

/** Adds the ops to an install that stays as it is. */
async function renewOps(
  { folder, manifest }: InstalledTensorFlow,
  compiler: string,
  { signal }: Chosen,
  report: Reporter,
): Promise<InstallManifest> {
  report('build', 0, 1, 'steps');
  const lack = await buildOps(folder, compiler, signal);
  if (lack !== undefined) {
    throw new AppError({
      code: 'engine-install/build-failed',
      message: `TensorFlow is installed and works; our own ops for wide layers could not be added to it. ${lack}`,
      hint: 'Training works without them, more slowly. A C++17 compiler is needed (g++ 9 or later).',
    });
  }
  report('build', 1, 1, 'steps');
  return manifest;
}

/** One after the other; progress counts the bytes of all. */
async function fetchWheels(
  options: Chosen,
  folders: InstallFolders,
  python: PythonWithPip,
  report: Reporter,
): Promise<string[]> {
  const total = options.wheels.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const paths: string[] = [];
  let before = 0;
  for (const wheel of options.wheels) {
    const start = before;
    const wheelPath = await ensureWheel({
      python,
      wheel,
      folder: folders.staging,
      timeoutMs: options.downloadTimeoutMs ?? 60 * 60_000,
      onBytes: (bytes) => report('download', start + bytes, total, 'bytes'),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    paths.push(wheelPath);
    before += wheel.sizeBytes;
  }
  return paths;
}

async function unpackWheels(
  wheelPaths: readonly string[],
  options: Chosen,
  folders: InstallFolders,
  report: Reporter,
): Promise<void> {
  const expected = options.wheels.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  let before = 0;
  for (const [index, wheelPath] of wheelPaths.entries()) {
    const start = before;
    const isLast = index === wheelPaths.length - 1;
    await unpackWheel(wheelPath, folders.staging, {
      onBytes: (done, total) => {
        before = start + total;
        // What was pinned is about right, and what the last archive says is exact.
        report('unpack', start + done, isLast ? start + total : Math.max(expected, before), 'bytes');
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }
}

/** A binding that fails is thrown away, so that the next try compiles a new one, perhaps with another compiler. */
async function testOrDiscard(options: Chosen, bindingPath: string): Promise<SelfTestResult> {
  try {
    return await (options.selfTest ?? selfTestBinding)(bindingPath, {
      device: options.variant === 'cuda' ? 'gpu' : 'cpu',
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    await rm(bindingPath, { force: true });
    throw error;
  }
}

async function describeInstall(
  options: Chosen,
  bindingPath: string,
  compiler: string,
  tested: SelfTestResult,
): Promise<InstallManifest> {
  const [wheel, ...libraries] = options.wheels;
  const nodePackage = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/package.json') as {
    version: string;
  };
  return {
    format: 1,
    variant: options.variant,
    tensorflowVersion: tested.tensorflowVersion,
    platform: process.platform,
    arch: process.arch,
    wheel: { fileName: wheel.fileName, sha256: wheel.sha256 },
    libraries: libraries.map(({ fileName, sha256 }) => ({ fileName, sha256 })),
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
  wheelPaths: readonly string[],
  manifest: InstallManifest,
): Promise<void> {
  await writeFile(path.join(folders.staging, manifestFileName), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(path.join(folders.staging, 'source'), { recursive: true, force: true });
  for (const wheelPath of wheelPaths) await rm(wheelPath, { force: true });
  const old = `${folders.final}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(folders.final, old).catch(ignoreMissing);
  await rename(folders.staging, folders.final);
  await rm(old, { recursive: true, force: true });
}

/** Room for what is still missing: the wheels, their libraries, and a tenth for the file system. */
async function requireSpace(
  folders: InstallFolders,
  wheels: readonly PinnedWheel[],
  freeBytes: (folder: string) => Promise<number>,
): Promise<void> {
  let missing = bytesOf(wheels);
  for (const { fileName, sizeBytes } of wheels) {
    if (await exists(path.join(folders.staging, fileName))) missing -= sizeBytes;
  }
  const needed = Math.ceil(missing * 1.1);
  const free = await freeBytes(folders.root);
  if (free < needed) throw noSpace(folders.root, needed, free);
}

/** What an install takes on disk at its fullest. */
function bytesOf(wheels: readonly PinnedWheel[]): number {
  return wheels.reduce((sum, wheel) => sum + wheel.sizeBytes + wheel.unpackedBytes, 0);
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
  neededBytes: number,
  signal: AbortSignal | undefined,
): unknown {
  if (error instanceof AppError) return error;
  if (signal?.aborted === true) return cancelled();
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return noSpace(folders.root, neededBytes, undefined);
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
