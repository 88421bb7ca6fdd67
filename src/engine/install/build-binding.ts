/** Compiles tfjs-node's published binding (two C++ files), and our own ops, against the unpacked TensorFlow. */
import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import { bindingFileName, opsFileName } from './engine-cache.ts';
import { runCommand } from './run-command.ts';

const load = createRequire(import.meta.url);

/** Finds a C++ compiler that runs. Throws `engine-install/no-compiler` saying what to install. */
export async function findCompiler(
  candidates: readonly string[] = ['g++', 'clang++', 'c++'],
  signal?: AbortSignal,
): Promise<{ readonly command: string; readonly version: string }> {
  for (const command of candidates) {
    const result = await runCommand(command, ['--version'], {
      timeoutMs: 20_000,
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.exitCode === 0) return { command, version: result.stdout.split('\n')[0]?.trim() ?? command };
  }
  throw new AppError({
    code: 'engine-install/no-compiler',
    message:
      'A small part that joins Node and TensorFlow is compiled on this machine, and no C++ compiler was found, so nothing was installed. Training still works, more slowly.',
    hint: 'Install one (Debian, Ubuntu: `apt install g++`; Fedora: `dnf install gcc-c++`), then try again.',
    details: { tried: [...candidates] },
  });
}

/**
 * Builds `tfjs_binding.node` in `folder`, which holds `lib/` and `include/`. The result finds its libraries next to itself
 * (`$ORIGIN/lib`), so the folder can be moved. One that is there already is kept. Throws `engine-install/build-failed`.
 */
export async function buildBinding(folder: string, compiler: string, signal?: AbortSignal): Promise<string> {
  const target = path.join(folder, bindingFileName);
  if (await exists(target)) return target;
  const source = path.join(folder, 'source');
  await mkdir(source, { recursive: true });
  // Copied first: inside a packaged application the sources lie in an archive that a compiler cannot read.
  await cp(path.join(packageFolder('@tensorflow/tfjs-node-gpu'), 'binding'), source, { recursive: true });
  await cp(path.join(packageFolder('node-api-headers'), 'include'), path.join(source, 'node'), {
    recursive: true,
  });
  const part = `${target}.part`;
  const lib = path.join(folder, 'lib');
  const args = [
    '-O2',
    '-std=c++17',
    '-shared',
    '-fPIC',
    '-DNAPI_VERSION=8',
    '-I',
    path.join(folder, 'include'),
  ];
  args.push(
    '-I',
    path.join(source, 'node'),
    path.join(source, 'tfjs_backend.cc'),
    path.join(source, 'tfjs_binding.cc'),
  );
  args.push('-o', part, '-L', lib, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2');
  args.push('-Wl,-rpath,$ORIGIN/lib');
  const result = await runCommand(compiler, args, {
    timeoutMs: 5 * 60_000,
    cwd: folder,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode !== 0) throw buildFailed(compiler, result.stderr, result.timedOut);
  await rename(part, target);
  return target;
}

/**
 * Builds our own ops (`resources/native-ops`) in `folder`, beside the binding, for wide dense layers; an older build of them is replaced. Gives
 * undefined where they were built, else why not: TensorFlow works without. Throws `job/cancelled`.
 */
export async function buildOps(
  folder: string,
  compiler: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const target = path.join(folder, opsFileName);
  const source = path.join(folder, 'source-ops');
  try {
    await cp(await findOpsSource(), source, { recursive: true });
    await cp(path.join(packageFolder('node-api-headers'), 'include'), path.join(source, 'node'), {
      recursive: true,
    });
    const part = `${target}.part`;
    const flags = '-O3 -std=c++17 -shared -fPIC -pthread -fno-math-errno -fno-trapping-math -DNAPI_VERSION=8';
    const args = [...flags.split(' '), '-I', path.join(folder, 'include'), '-I', path.join(source, 'node')];
    args.push(path.join(source, 'catchlight_ops.cc'), '-o', part, '-L', path.join(folder, 'lib'));
    args.push('-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/lib');
    const result = await runCommand(compiler, args, {
      timeoutMs: 5 * 60_000,
      cwd: folder,
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.exitCode !== 0) return buildFailed(compiler, result.stderr, result.timedOut).message;
    await rename(part, target);
    return undefined;
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

/** The ops' sources: in `resources` beside or above this file, in a checkout and in the packaged application alike. */
async function findOpsSource(): Promise<string> {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'resources', 'native-ops');
    if (await exists(candidate)) return candidate;
    if (path.dirname(folder) === folder) throw new Error('resources/native-ops is missing from the studio');
  }
}

function packageFolder(name: string): string {
  return path.dirname(load.resolve(`${name}/package.json`));
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

function buildFailed(compiler: string, stderr: string, timedOut: boolean): AppError {
  const firstError =
    stderr.split('\n').find((line) => line.includes('error:')) ?? stderr.trim().split('\n').at(-1) ?? '';
  return new AppError({
    code: 'engine-install/build-failed',
    message: timedOut
      ? 'Compiling the part that joins Node and TensorFlow took more than five minutes and was stopped; nothing was installed.'
      : `The part that joins Node and TensorFlow did not compile, so nothing was installed: ${firstError.trim()}`,
    hint: 'A C++17 compiler with its standard library is needed (g++ 9 or later). Install or update it, then try again.',
    details: { compiler, stderr: stderr.slice(-4000) },
  });
}
