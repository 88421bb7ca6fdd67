/** `engine install` as a story, with a pip and a compiler of our own: no network, no TensorFlow, every way it can go wrong. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetSelection, selectBackend } from '../../src/engine/backends/select-backend.ts';
import { installFolders } from '../../src/engine/install/engine-cache.ts';
import {
  type InstallOptions,
  type InstallProgress,
  installNativeTensorFlow,
  uninstallNativeTensorFlow,
} from '../../src/engine/install/install-native.ts';
import { findInstalledTensorFlow } from '../../src/engine/install/manifest.ts';
import { selfTestBinding } from '../../src/engine/install/self-test.ts';
import type { PinnedWheel } from '../../src/engine/install/wheels.ts';
import { storeZip } from '../helpers/store-zip.ts';

let folder: string;
let cacheDir: string;
let programs = 0;
const wheelBytes = storeZip({
  'tensorflow/libtensorflow_cc.so.2': 'x'.repeat(50_000),
  'tensorflow/libtensorflow_framework.so.2': 'y'.repeat(20_000),
  'tensorflow/include/tensorflow/c/c_api.h': '// header',
  'tensorflow/python/not_needed.py': 'print()',
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'engine-install-'));
  cacheDir = path.join(folder, 'cache');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const wheel = (over: Partial<PinnedWheel> = {}): PinnedWheel => ({
  requirement: 'tensorflow-cpu==9.9.9',
  version: '9.9.9',
  platformTag: 'manylinux_2_27_x86_64',
  fileName: 'tensorflow_cpu-9.9.9.whl',
  sha256: createHash('sha256').update(wheelBytes).digest('hex'),
  sizeBytes: wheelBytes.length,
  unpackedBytes: 70_000,
  ...over,
});

/** A program for the path: a Node script with its first line naming this Node. */
async function writeProgram(name: string, body: string): Promise<string> {
  const file = path.join(folder, `${name}-${programs++}`);
  await writeFile(
    file,
    `#!${process.execPath}\nconst fs = require('node:fs');\nconst args = process.argv.slice(2);\n${body}`,
  );
  await chmod(file, 0o755);
  return file;
}

/** A Python whose pip runs `onDownload` with the destination in `dest`, and counts its downloads. */
async function writePython(onDownload?: string): Promise<string> {
  const source = path.join(folder, 'index.whl');
  await writeFile(source, wheelBytes);
  const copy = `fs.copyFileSync(${JSON.stringify(source)}, dest + '/tensorflow_cpu-9.9.9.whl');`;
  return writeProgram(
    'python',
    `if (args[0] === '-c') { console.log(3); process.exit(0); }
     if (args[2] === '--version') { console.log('pip 99.1 from here'); process.exit(0); }
     fs.appendFileSync(${JSON.stringify(path.join(folder, 'downloads'))}, 'x');
     const dest = args[args.indexOf('--dest') + 1];
     ${onDownload ?? copy}`,
  );
}

const writeCompiler = (
  body = `fs.writeFileSync(args[args.indexOf('-o') + 1], 'binding');`,
): Promise<string> =>
  writeProgram(
    'compiler',
    `if (args[0] === '--version') { console.log('cc 1.0'); process.exit(0); }\n${body}`,
  );

async function options(over: Partial<InstallOptions> = {}): Promise<InstallOptions> {
  return {
    cacheDir,
    wheels: [wheel()],
    pythonCandidates: [await writePython()],
    compilerCandidates: [await writeCompiler()],
    selfTest: async () => ({ tensorflowVersion: '9.9.9', elapsedMs: 1, matmulGflops: 1, usesGpu: false }),
    ...over,
  };
}

const countDownloads = async (): Promise<number> =>
  (await readFile(path.join(folder, 'downloads'), 'utf8').catch(() => '')).length;

describe.skipIf(process.platform === 'win32')('engine install', () => {
  it('goes from nothing to a finished install, tells every phase in order, and is found afterwards', async () => {
    const seen: InstallProgress[] = [];
    const result = await installNativeTensorFlow(await options({ onProgress: (p) => seen.push(p) }));
    expect(result.version).toBe('9.9.9');
    expect([...new Set(seen.map((p) => p.phase))]).toEqual([
      'check',
      'download',
      'unpack',
      'build',
      'self-test',
    ]);
    expect(seen.every((p) => p.done >= 0 && p.done <= p.total)).toBe(true);
    const found = findInstalledTensorFlow(cacheDir, 'cpu');
    expect(found?.manifest.wheel.sha256).toBe(wheel().sha256);
    expect(await readFile(found?.bindingPath ?? '', 'utf8')).toBe('binding');
    // Nothing but the install stays: no wheel, no sources, no half-done folder, no lock.
    expect((await readdir(found?.folder ?? '')).sort()).toEqual([
      'catchlight_ops.node',
      'include',
      'lib',
      'manifest.json',
      'tfjs_binding.node',
    ]);
    expect(await readdir(path.join(cacheDir, 'tensorflow'))).toEqual(['cpu']);
  });

  it('adds our own ops to an install that lacks them, without fetching anything again', async () => {
    const old = await installNativeTensorFlow(await options());
    await rm(path.join(old.folder, 'catchlight_ops.node'));
    await installNativeTensorFlow(await options());
    expect(await countDownloads()).toBe(1);
    expect((await readdir(old.folder)).sort()).toEqual([
      'catchlight_ops.node',
      'include',
      'lib',
      'manifest.json',
      'tfjs_binding.node',
    ]);
  });

  it('does without our own ops where they do not compile', async () => {
    const fails = await writeCompiler(
      `const out = args[args.indexOf('-o') + 1];
       if (out.includes('catchlight_ops')) process.exit(1);
       fs.writeFileSync(out, 'binding');`,
    );
    const { folder: made } = await installNativeTensorFlow(await options({ compilerCandidates: [fails] }));
    expect(await readdir(made)).not.toContain('catchlight_ops.node');
    expect(findInstalledTensorFlow(cacheDir, 'cpu')).toBeDefined();
    await expect(
      installNativeTensorFlow(await options({ compilerCandidates: [fails] })),
    ).rejects.toMatchObject({
      code: 'engine-install/build-failed',
      message: expect.stringContaining('installed and works'),
    });
  });

  it('goes on where it was cut off: what is downloaded and unpacked is not fetched again', async () => {
    const broken = await options({ compilerCandidates: [await writeCompiler('process.exit(1);')] });
    await expect(installNativeTensorFlow(broken)).rejects.toMatchObject({
      code: 'engine-install/build-failed',
    });
    expect(findInstalledTensorFlow(cacheDir, 'cpu')).toBeUndefined();
    await installNativeTensorFlow(await options());
    expect(await countDownloads()).toBe(1);
    expect(findInstalledTensorFlow(cacheDir, 'cpu')).toBeDefined();
  });

  it('refuses a file that is not the published one, and throws it away', async () => {
    const python = await writePython(
      `fs.writeFileSync(dest + '/tensorflow_cpu-9.9.9.whl', 'something else');`,
    );
    await expect(
      installNativeTensorFlow(await options({ pythonCandidates: [python] })),
    ).rejects.toMatchObject({
      code: 'engine-install/checksum',
    });
    const { staging } = installFolders(cacheDir, 'cpu');
    expect((await readdir(staging, { recursive: true })).filter((name) => name.endsWith('.whl'))).toEqual([]);
  });

  it('says what pip said when the download fails, and where a wheel can be put by hand', async () => {
    const python = await writePython(
      `console.error('ERROR: No matching distribution found'); process.exit(1);`,
    );
    await expect(
      installNativeTensorFlow(await options({ pythonCandidates: [python] })),
    ).rejects.toMatchObject({
      code: 'engine-install/download-failed',
      message: expect.stringContaining('No matching distribution found'),
      details: { folder: installFolders(cacheDir, 'cpu').staging, wheel: wheel().fileName },
    });
    const { staging } = installFolders(cacheDir, 'cpu');
    await writeFile(path.join(staging, wheel().fileName), wheelBytes);
    await installNativeTensorFlow(await options({ pythonCandidates: [python] }));
    expect(await countDownloads()).toBe(1);
  });

  it('stops a download that hangs', async () => {
    const python = await writePython('setInterval(() => 0, 1000);');
    const hanging = await options({ pythonCandidates: [python], downloadTimeoutMs: 500 });
    await expect(installNativeTensorFlow(hanging)).rejects.toMatchObject({
      code: 'engine-install/download-failed',
      message: expect.stringContaining('did not finish'),
    });
  });

  it('stops within two seconds when the user cancels, and leaves no lock behind', async () => {
    const controller = new AbortController();
    const python = await writePython('setInterval(() => 0, 1000);');
    const startMs = performance.now();
    const running = installNativeTensorFlow(
      await options({
        pythonCandidates: [python],
        signal: controller.signal,
        onProgress: (p) => {
          if (p.phase === 'check' && p.done === p.total) setTimeout(() => controller.abort(), 200);
        },
      }),
    );
    await expect(running).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(performance.now() - startMs).toBeLessThan(10_000);
    await installNativeTensorFlow(await options());
    expect(findInstalledTensorFlow(cacheDir, 'cpu')).toBeDefined();
  });

  it('names what is missing on the machine before it downloads anything', async () => {
    await expect(
      installNativeTensorFlow(await options({ compilerCandidates: ['no-such-compiler'] })),
    ).rejects.toMatchObject({ code: 'engine-install/no-compiler', hint: expect.stringContaining('g++') });
    await expect(
      installNativeTensorFlow(await options({ pythonCandidates: ['no-such-python'] })),
    ).rejects.toMatchObject({
      code: 'engine-install/no-python',
      hint: expect.stringContaining('python3'),
    });
    const bare = await writeProgram('bare', `if (args[0] === '-c') console.log(3); else process.exit(1);`);
    await expect(installNativeTensorFlow(await options({ pythonCandidates: [bare] }))).rejects.toMatchObject({
      code: 'engine-install/no-python',
      message: expect.stringContaining('has no pip'),
    });
    await expect(
      installNativeTensorFlow(await options({ freeBytes: async () => 1000 })),
    ).rejects.toMatchObject({
      code: 'engine-install/no-space',
      details: { freeBytes: 1000 },
    });
    expect(await countDownloads()).toBe(0);
  });

  it('says that the archive is broken when it is, and downloads afresh after an uninstall', async () => {
    const junk = Buffer.from('not an archive');
    const sha256 = createHash('sha256').update(junk).digest('hex');
    const python = await writePython(
      `fs.writeFileSync(dest + '/tensorflow_cpu-9.9.9.whl', 'not an archive');`,
    );
    await expect(
      installNativeTensorFlow(await options({ pythonCandidates: [python], wheels: [wheel({ sha256 })] })),
    ).rejects.toMatchObject({ code: 'engine-install/unpack-failed' });
    expect(await uninstallNativeTensorFlow({ cacheDir })).toBe(true);
    await installNativeTensorFlow(await options());
    expect(await countDownloads()).toBe(2);
  });

  it('keeps the install that works when a new one does not pass its self-test', async () => {
    await installNativeTensorFlow(await options());
    const failing = await options({ selfTest: (binding) => selfTestBinding(binding, { timeoutMs: 60_000 }) });
    await expect(installNativeTensorFlow(failing)).rejects.toMatchObject({
      code: 'engine-install/self-test',
    });
    expect(findInstalledTensorFlow(cacheDir, 'cpu')?.manifest.tensorflowVersion).toBe('9.9.9');
  });

  it('lets one install run at a time, and does not wait for a dead one', async () => {
    const { root, lock } = installFolders(cacheDir, 'cpu');
    await mkdir(root, { recursive: true });
    await writeFile(lock, String(process.pid));
    await expect(installNativeTensorFlow(await options())).rejects.toMatchObject({
      code: 'engine-install/busy',
    });
    await writeFile(lock, '999999999');
    await installNativeTensorFlow(await options());
    expect(findInstalledTensorFlow(cacheDir, 'cpu')).toBeDefined();
  });

  it('is taken away without a trace, and says when there was nothing', async () => {
    expect(await uninstallNativeTensorFlow({ cacheDir })).toBe(false);
    await installNativeTensorFlow(await options());
    expect(await uninstallNativeTensorFlow({ cacheDir })).toBe(true);
    expect(await readdir(path.join(cacheDir, 'tensorflow'))).toEqual([]);
    expect(findInstalledTensorFlow(cacheDir, 'cpu')).toBeUndefined();
  });
});

describe('choosing a backend', () => {
  afterEach(() => forgetSelection());

  it('takes WebAssembly where no native TensorFlow is installed, and says how to get it', async () => {
    const chosen = await selectBackend({ cacheDir, env: {} });
    expect(chosen.backend).toBe('wasm');
    expect(chosen.backends.map((one) => one.id)).toEqual(['native-gpu', 'native', 'wasm', 'cpu']);
    expect(chosen.backends[1]).toMatchObject({
      available: false,
      reason: expect.stringContaining('Native TensorFlow is not installed. Run `catchlight engine install`'),
    });
  });

  it('does not use an install that is broken or made for another machine', async () => {
    const { final } = installFolders(cacheDir, 'cpu');
    await mkdir(final, { recursive: true });
    await writeFile(path.join(final, 'manifest.json'), '{"format":1');
    const chosen = await selectBackend({ cacheDir, env: {} });
    expect(chosen.backend).toBe('wasm');
    expect(chosen.backends[1]?.reason).toContain('not in order');
  });

  it('tests a library in a process of its own after a process died loading it, and passes on when it fails', async () => {
    const { final, root } = installFolders(cacheDir, 'cpu');
    await mkdir(final, { recursive: true });
    const machine = { platform: process.platform, arch: process.arch };
    const manifest = {
      format: 1,
      variant: 'cpu',
      tensorflowVersion: '9.9.9',
      ...machine,
      wheel: { fileName: 'w', sha256: 'h' },
      binding: { fileName: 'b', sha256: 'h', tfjsNodeVersion: '4', compiler: 'c' },
      selfTest: { node: 'v24', elapsedMs: 1, matmulGflops: 1 },
      installedAt: '2026-01-01T00:00:00.000Z',
    };
    await writeFile(path.join(final, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(path.join(final, 'tfjs_binding.node'), 'not a library');
    await writeFile(path.join(root, '.loading-999999999'), '');
    const chosen = await selectBackend({ cacheDir, env: {} });
    expect(chosen.backend).toBe('wasm');
    expect(chosen.backends[1]?.reason).toContain('did not pass its self-test');
    expect((await readdir(root)).filter((name) => name.startsWith('.loading-'))).toEqual([]);
  });

  it('obeys CATCHLIGHT_BACKEND, and refuses a word it does not know or a backend that does not work', async () => {
    expect((await selectBackend({ cacheDir, env: { CATCHLIGHT_BACKEND: 'cpu' } })).backend).toBe('cpu');
    forgetSelection();
    await expect(selectBackend({ cacheDir, env: { CATCHLIGHT_BACKEND: 'abacus' } })).rejects.toMatchObject({
      code: 'engine/unknown-backend',
    });
    forgetSelection();
    await expect(selectBackend({ cacheDir, env: { CATCHLIGHT_BACKEND: 'native' } })).rejects.toMatchObject({
      code: 'engine/backend-unavailable',
      message: expect.stringContaining('not installed'),
    });
  });
});
