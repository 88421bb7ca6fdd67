/** Chooses what trains: native TensorFlow on a graphics card or the processor, else WebAssembly, else plain JavaScript, each after a self-test, each with its reason. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError, toAppErrorData } from '../../core/errors.ts';
import { engineCacheDir, type InstallVariant, installVariants } from '../install/engine-cache.ts';
import { findNvidiaCard } from '../install/gpu-driver.ts';
import { selfTestBinding } from '../install/self-test.ts';
import { startCpuBackend } from './cpu.backend.ts';
import { locateNativeBinding, locateVariant } from './native.backend.ts';
import {
  hideGraphicsCards,
  type NativeBinding,
  nativeBackendName,
  registerNativeBackend,
} from './native-binding.ts';
import { startNativeOps } from './native-ops.ts';
import { probeBackend } from './probe.ts';
import { probeNativeOps } from './probe-native-ops.ts';
import { tf } from './tf.ts';
import { startWasmBackend, wasmBackendName } from './wasm.backend.ts';

/** Best first. */
export const backendIds = ['native-gpu', 'native', 'wasm', 'cpu'] as const;
export type BackendId = (typeof backendIds)[number];

/** One line of the status: `reason` is a sentence saying what it is or, when not available, why not and what to do. */
export interface BackendStatus {
  readonly id: BackendId;
  readonly available: boolean;
  readonly reason: string;
  /** The variant whose install would make it available here. */
  readonly install?: InstallVariant;
}

export interface BackendSelection {
  /** The one in use from now on. */
  readonly backend: BackendId;
  readonly backends: readonly BackendStatus[];
}

export interface SelectOptions {
  /** Default: the user's cache folder. */
  readonly cacheDir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Time limit of the self-test that runs in a process of its own after a crash. Default 60 s. */
  readonly childTimeoutMs?: number;
}

let selection: Promise<BackendSelection> | undefined;

/**
 * Starts the best backend that passes its self-test and makes it the one `tf` uses. The choice is made once a process; later
 * calls return it. `CATCHLIGHT_BACKEND=native-gpu|native|wasm|cpu` forces one. Throws `engine/unknown-backend` for another word and
 * `engine/backend-unavailable` when the forced one does not work.
 */
export function selectBackend(options: SelectOptions = {}): Promise<BackendSelection> {
  selection ??= choose(options);
  return selection;
}

/** Forgets the choice, so that the next `selectBackend` tests again: after an install or in tests. A loaded native library stays. */
export function forgetSelection(): void {
  selection = undefined;
}

async function choose(options: SelectOptions): Promise<BackendSelection> {
  const env = options.env ?? process.env;
  const forced = readForced(env.CATCHLIGHT_BACKEND);
  const backends: BackendStatus[] = [];
  for (const id of backendIds) {
    // A process holds one TensorFlow: with the card's in use, the processor's is not loaded beside it.
    const isTaken = id === 'native' && backends[0]?.available === true;
    backends.push(
      isTaken
        ? { id, available: false, reason: 'Not tried: the one for graphics cards works and is loaded.' }
        : await tryBackend(id, forced, options, env),
    );
  }
  const best = backends.find((one) => one.available && (forced === undefined || one.id === forced));
  if (best === undefined) throw unavailable(forced, backends);
  await start(best.id);
  return { backend: best.id, backends };
}

async function tryBackend(
  id: BackendId,
  forced: BackendId | undefined,
  options: SelectOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<BackendStatus> {
  if (forced !== undefined && forced !== id) {
    return { id, available: false, reason: `Not tried: CATCHLIGHT_BACKEND asks for ${forced}.` };
  }
  try {
    const reason = await testers[id](options, env);
    return { id, available: true, reason };
  } catch (error) {
    const data = toAppErrorData(error);
    // An unforeseen fault keeps its own words; ours already say what to do.
    const text =
      data.code === 'internal/unexpected'
        ? failureText(id, error)
        : [data.message, data.hint].join(' ').trim();
    const install = installVariants.find((variant) => variant === data.details.install);
    return { id, available: false, reason: text, ...(install === undefined ? {} : { install }) };
  }
}

const testers: Readonly<
  Record<
    BackendId,
    (options: SelectOptions, env: Readonly<Record<string, string | undefined>>) => Promise<string>
  >
> = {
  'native-gpu': testNativeGpu,
  native: testNative,
  wasm: async () => {
    if (!(await startWasmBackend())) throw new Error('the module did not start');
    await probeBackend();
    const simd = tf.env().getBool('WASM_HAS_SIMD_SUPPORT');
    return `WebAssembly ${simd ? 'with' : 'without'} SIMD, on one core: about a tenth of native speed.`;
  },
  cpu: async () => {
    await startCpuBackend();
    await probeBackend();
    return 'Plain JavaScript: right, and far too slow for anything but tests.';
  },
};

/** The card's library is tried in a process of its own first: one that does not work would take the place of the processor's. */
async function testNativeGpu(
  options: SelectOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const cacheDir = options.cacheDir ?? engineCacheDir(env);
  const located = locateVariant(cacheDir, 'cuda');
  if (located === undefined) throw await gpuMissing();
  await selfTestBinding(located.bindingPath, { device: 'gpu', timeoutMs: options.childTimeoutMs ?? 60_000 });
  const { TF_Version } = await loadBinding(located.bindingPath, path.join(cacheDir, 'tensorflow'));
  return `TensorFlow ${TF_Version} on ${(await findNvidiaCard()).name}, ${located.origin}.`;
}

/** Why no TensorFlow for graphics cards is here, and whether this machine could have it. */
async function gpuMissing(): Promise<AppError> {
  const missing = (message: string, hint = '', details: Record<string, unknown> = {}): AppError =>
    new AppError({ code: 'engine/native-missing', message, hint, details });
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return missing('TensorFlow for graphics cards is published for Linux x64 with NVIDIA cards only.');
  try {
    const { name } = await findNvidiaCard();
    return missing(
      `${name} could train here, and TensorFlow for it is not installed.`,
      'Run `catchlight engine install --variant cuda`.',
      { install: 'cuda' },
    );
  } catch (error) {
    const { code } = toAppErrorData(error);
    return code === 'engine-install/old-driver'
      ? missing('The driver of the NVIDIA card here is older than CUDA 12 needs.', 'Update it.')
      : missing('No NVIDIA card with a driver was found on this machine.');
  }
}

async function testNative(
  options: SelectOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const cacheDir = options.cacheDir ?? engineCacheDir(env);
  const located = locateNativeBinding(cacheDir);
  const root = path.join(cacheDir, 'tensorflow');
  if (takeCrashMarks(root).length > 0) {
    // The last process that loaded this library did not live to say so: let another one go first.
    await selfTestBinding(located.bindingPath, { timeoutMs: options.childTimeoutMs ?? 60_000 });
  }
  hideGraphicsCards();
  const { TF_Version } = await loadBinding(located.bindingPath, root);
  const lack = startNativeOps(located.bindingPath, probeNativeOps);
  return `TensorFlow ${TF_Version}, ${[located.origin, lack].filter((part) => part !== undefined).join('; ')}.`;
}

/** Loads a binding, starts its backend and tests it; a mark stands in `root` meanwhile, in case the process does not live to say. */
async function loadBinding(bindingPath: string, root: string): Promise<NativeBinding> {
  const clear = leaveCrashMark(root);
  try {
    const binding = registerNativeBackend(bindingPath);
    await tf.setBackend(nativeBackendName);
    await probeBackend();
    return binding;
  } finally {
    clear();
  }
}

async function start(id: BackendId): Promise<void> {
  const names = {
    'native-gpu': nativeBackendName,
    native: nativeBackendName,
    wasm: wasmBackendName,
    cpu: 'cpu',
  } as const;
  await tf.setBackend(names[id]);
}

const markPrefix = '.loading-';

/** Removes the marks of processes that died while loading; returns them. */
function takeCrashMarks(root: string): string[] {
  let names: string[];
  try {
    names = readdirSync(root).filter((name) => name.startsWith(markPrefix));
  } catch {
    return []; // No cache folder: nothing was ever loaded from it.
  }
  const dead = names.filter((name) => !isAlive(Number(name.slice(markPrefix.length))));
  for (const name of dead) rmSync(path.join(root, name), { force: true });
  return dead;
}

/** Leaves a mark while the library loads; returns what takes it away. In a folder that cannot be written it does without. */
function leaveCrashMark(root: string): () => void {
  const mark = path.join(root, `${markPrefix}${process.pid}`);
  try {
    mkdirSync(root, { recursive: true });
    writeFileSync(mark, '');
  } catch {
    return () => undefined;
  }
  return () => rmSync(mark, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readForced(word: string | undefined): BackendId | undefined {
  if (word === undefined || word === '') return undefined;
  const id = backendIds.find((one) => one === word);
  if (id !== undefined) return id;
  throw new AppError({
    code: 'engine/unknown-backend',
    message: `CATCHLIGHT_BACKEND is “${word}”, which is no backend, so nothing was started.`,
    hint: `Use one of ${backendIds.join(', ')}, or unset it.`,
    details: { asked: word },
  });
}

function failureText(id: BackendId, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (id.startsWith('native')) {
    return `Native TensorFlow is installed but did not start (${said}). Run \`catchlight engine uninstall\`, then \`catchlight engine install\`.`;
  }
  return `It did not start: ${said}.`;
}

function unavailable(forced: BackendId | undefined, backends: readonly BackendStatus[]): AppError {
  const reasons = backends
    .filter((one) => forced === undefined || one.id === forced)
    .map((one) => one.reason);
  return new AppError({
    code: 'engine/backend-unavailable',
    message: `Training cannot start${forced === undefined ? '' : ` on ${forced}`}: ${reasons.join(' ')}`,
    hint:
      forced === undefined
        ? 'Run `doctor` and report what it prints.'
        : 'Unset CATCHLIGHT_BACKEND to use the best one that works.',
    details: { backends },
  });
}
