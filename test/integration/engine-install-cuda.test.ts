/** `engine install --variant cuda` as a story: the machine's own pip against an index of our own with tiny wheels; the driver and the card are written here. */
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetSelection, selectBackend } from '../../src/engine/backends/select-backend.ts';
import { installFolders } from '../../src/engine/install/engine-cache.ts';
import {
  type InstallOptions,
  type InstallProgress,
  installNativeTensorFlow,
  uninstallNativeTensorFlow,
} from '../../src/engine/install/install-native.ts';
import { findInstalledTensorFlow, listInstalled } from '../../src/engine/install/manifest.ts';
import { selfTestBinding } from '../../src/engine/install/self-test.ts';
import type { PinnedWheel } from '../../src/engine/install/wheels.ts';
import { fakeWheel, type PackageIndex, startPackageIndex } from '../helpers/package-index.ts';
import { findPython } from '../helpers/python.ts';

const python = process.platform === 'win32' ? undefined : findPython(['pip']);

const tensorFlow = fakeWheel('tensorflow', '9.9.9', 'cp311-cp311-manylinux_2_27_x86_64', {
  'tensorflow/libtensorflow_cc.so.2': 'x'.repeat(50_000),
  'tensorflow/libtensorflow_framework.so.2': 'y'.repeat(20_000),
  'tensorflow/include/tensorflow/c/c_api.h': '// header',
});
const cudnn = fakeWheel('nvidia_cudnn_cu12', '9.1', 'py3-none-manylinux2014_x86_64', {
  'nvidia/cudnn/lib/libcudnn.so.9': 'z'.repeat(30_000),
  'nvidia/cudnn/include/cudnn.h': '// not needed',
});
const nvcc = fakeWheel('nvidia_cuda_nvcc_cu12', '12.9', 'py3-none-manylinux2014_x86_64', {
  'nvidia/cuda_nvcc/bin/ptxas': '#!/bin/sh\n',
});
const wheels: readonly [PinnedWheel, ...PinnedWheel[]] = [
  pin('tensorflow==9.9.9', tensorFlow, 'manylinux_2_27_x86_64', 70_000),
  pin('nvidia-cudnn-cu12==9.1', cudnn, 'manylinux2014_x86_64', 30_000),
  pin('nvidia-cuda-nvcc-cu12==12.9', nvcc, 'manylinux2014_x86_64', 10),
];

function pin(
  requirement: string,
  { fileName, sha256, bytes }: ReturnType<typeof fakeWheel>,
  platformTag: string,
  unpackedBytes: number,
): PinnedWheel {
  const version = requirement.split('==')[1] ?? '';
  return { requirement, version, platformTag, fileName, sha256, sizeBytes: bytes.length, unpackedBytes };
}

describe.skipIf(python === undefined)('engine install --variant cuda', () => {
  let index: PackageIndex;
  let folder = '';
  let cacheDir = '';

  beforeAll(async () => {
    index = await startPackageIndex([tensorFlow, cudnn, nvcc]);
    vi.stubEnv('PIP_INDEX_URL', index.url);
    vi.stubEnv('PIP_FIND_LINKS', '');
    vi.stubEnv('PIP_NO_INDEX', 'false');
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    vi.stubEnv('no_proxy', '127.0.0.1');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await index.close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'engine-cuda-'));
    cacheDir = path.join(folder, 'cache');
    index.given.length = 0;
    index.replaced.clear();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function writeProgram(name: string, body: string): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, `#!${process.execPath}\n${body}`);
    await chmod(file, 0o755);
    return file;
  }

  async function options(over: Partial<InstallOptions> = {}): Promise<InstallOptions> {
    return {
      cacheDir,
      variant: 'cuda',
      wheels,
      pythonCandidates: [python ?? ''],
      compilerCandidates: [
        await writeProgram(
          'compiler',
          `const args = process.argv.slice(2);
           if (args[0] !== '--version') require('node:fs').writeFileSync(args[args.indexOf('-o') + 1], 'binding');`,
        ),
      ],
      driverCandidates: [await writeProgram('driver', `console.log('NVIDIA RTX A4000, 550.54.15');`)],
      selfTest: async () => ({ tensorflowVersion: '9.9.9', elapsedMs: 1, matmulGflops: 9000, usesGpu: true }),
      ...over,
    };
  }

  it("fetches TensorFlow and NVIDIA's libraries, checks each, and lays them where TensorFlow looks", async () => {
    const seen: InstallProgress[] = [];
    const tested = vi.fn(async () => ({
      tensorflowVersion: '9.9.9',
      elapsedMs: 1,
      matmulGflops: 9,
      usesGpu: true,
    }));
    await installNativeTensorFlow(await options({ onProgress: (p) => seen.push(p), selfTest: tested }));
    expect(index.given).toEqual(wheels.map(({ fileName }) => fileName));
    expect(tested).toHaveBeenCalledWith(expect.any(String), expect.objectContaining({ device: 'gpu' }));
    const { final } = installFolders(cacheDir, 'cuda');
    expect((await stat(path.join(final, 'nvidia', 'cudnn', 'lib', 'libcudnn.so.9'))).size).toBe(30_000);
    expect((await stat(path.join(final, 'nvidia', 'cuda_nvcc', 'bin', 'ptxas'))).mode & 0o100).toBe(0o100);
    expect((await readdir(final)).sort()).toEqual([
      'include',
      'lib',
      'manifest.json',
      'nvidia',
      'tfjs_binding.node',
    ]);
    const { manifest } = findInstalledTensorFlow(cacheDir, 'cuda') ?? {};
    expect(manifest?.libraries.map(({ sha256 }) => sha256)).toEqual([cudnn.sha256, nvcc.sha256]);
    for (const phase of ['download', 'unpack']) {
      const done = seen.filter((one) => one.phase === phase).map((one) => one.done);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
      expect(seen.every((one) => one.done <= one.total)).toBe(true);
    }
    // The library is none, as after a driver that went: the choice says so and goes on to the next.
    const chosen = await selectBackend({ cacheDir, env: {} });
    forgetSelection();
    expect(chosen.backend).toBe('wasm');
    expect(chosen.backends[0]).toMatchObject({
      id: 'native-gpu',
      available: false,
      reason: expect.stringContaining('did not pass its self-test'),
    });
    expect(await uninstallNativeTensorFlow({ cacheDir })).toBe(true);
    expect(await readdir(path.join(cacheDir, 'tensorflow'))).toEqual([]);
  }, 60_000);

  it('throws away a library that somebody changed on the way, keeps what was right, and goes on from there', async () => {
    const changed = Buffer.from(cudnn.bytes);
    changed.write('Z', changed.indexOf('zzzz'));
    // pip unpacks nothing here, so it does not notice: our checksum has to.
    index.replaced.set(cudnn.fileName, changed);
    await expect(installNativeTensorFlow(await options())).rejects.toMatchObject({
      code: 'engine-install/checksum',
      details: { wheel: cudnn.fileName },
    });
    index.replaced.clear();
    await installNativeTensorFlow(await options());
    expect(index.given).toEqual([tensorFlow, cudnn, cudnn, nvcc].map(({ fileName }) => fileName));
    expect(listInstalled(cacheDir)).toEqual(['cuda']);
  }, 60_000);

  it('says before it fetches anything that there is no driver, no card, an old driver, or too little room', async () => {
    const refused = async (over: Partial<InstallOptions>, code: string, message: RegExp): Promise<void> => {
      const running = installNativeTensorFlow(await options(over));
      await expect(running).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    };
    await refused(
      { driverCandidates: ['no-such-driver'] },
      'engine-install/no-driver',
      /no driver was found/,
    );
    const empty = await writeProgram('empty', `console.log('No devices were found'); process.exit(6);`);
    await refused({ driverCandidates: [empty] }, 'engine-install/no-driver', /names none \(No devices/);
    const old = await writeProgram('old', `console.log('Tesla K80, 470.256.02');`);
    await refused({ driverCandidates: [old] }, 'engine-install/old-driver', /470\.256\.02.*525\.60\.13/);
    await refused({ freeBytes: async () => 1000 }, 'engine-install/no-space', /needs/);
    expect(index.given).toEqual([]);
  }, 60_000);

  it('installs nothing when the card does not pass the self-test', async () => {
    await expect(installNativeTensorFlow(await options({ selfTest: selfTestBinding }))).rejects.toMatchObject(
      { code: 'engine-install/self-test' },
    );
    expect(listInstalled(cacheDir)).toEqual([]);
  }, 60_000);
});
