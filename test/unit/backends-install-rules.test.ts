/** The rules of `engine install` that need neither network nor compiler: folders, wheels, what is unpacked, what is said. */
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineCacheDir } from '../../src/engine/install/engine-cache.ts';
import { readCard } from '../../src/engine/install/gpu-driver.ts';
import { runCommand } from '../../src/engine/install/run-command.ts';
import { selfTestEntry } from '../../src/engine/install/self-test.ts';
import { unpackedPath } from '../../src/engine/install/unpack-wheel.ts';
import { getWheels } from '../../src/engine/install/wheels.ts';

describe('the cache folder', () => {
  it('lies where each platform keeps such things', () => {
    expect(engineCacheDir({}, 'linux', '/home/ana')).toBe('/home/ana/.cache/catchlight');
    expect(engineCacheDir({ XDG_CACHE_HOME: '/big/cache' }, 'linux', '/home/ana')).toBe(
      '/big/cache/catchlight',
    );
    expect(engineCacheDir({}, 'darwin', '/Users/ana')).toBe('/Users/ana/Library/Caches/catchlight');
    expect(
      engineCacheDir({ LOCALAPPDATA: 'C:\\Users\\ana\\AppData\\Local' }, 'win32', 'C:\\Users\\ana'),
    ).toBe('C:\\Users\\ana\\AppData\\Local\\catchlight\\cache');
  });

  it('is the one the user names, above all else', () => {
    const env = { CATCHLIGHT_CACHE: '/data/cl', XDG_CACHE_HOME: '/big/cache' };
    expect(engineCacheDir(env, 'linux', '/home/ana')).toBe('/data/cl');
  });

  it('ignores a relative XDG_CACHE_HOME, as the specification asks', () => {
    expect(engineCacheDir({ XDG_CACHE_HOME: 'cache' }, 'linux', '/home/ana')).toBe(
      '/home/ana/.cache/catchlight',
    );
  });
});

describe('the wheels', () => {
  it('are pinned by a whole SHA-256 and a size for both Linux machines, and for NVIDIA cards', () => {
    const sets = [
      getWheels('cpu', 'linux', 'x64'),
      getWheels('cpu', 'linux', 'arm64'),
      getWheels('cuda', 'linux', 'x64'),
    ];
    for (const wheel of sets.flat()) {
      expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(wheel.requirement).toMatch(/^[\w-]+==[\d.]+$/);
      expect(wheel.requirement.endsWith(`==${wheel.version}`)).toBe(true);
      expect(wheel.fileName).toContain(`-${wheel.version}-`);
      expect(wheel.sizeBytes).toBeLessThan(2e9);
    }
    const names = sets.flat().map(({ fileName }) => fileName);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(sets.map(([tensorFlow]) => tensorFlow.version)).size).toBe(1);
  });

  it('for NVIDIA cards exist for Linux x64 alone, and the refusal names the machine', () => {
    for (const [platform, arch] of [
      ['linux', 'arm64'],
      ['darwin', 'arm64'],
      ['win32', 'x64'],
    ] as const) {
      expect(() => getWheels('cuda', platform, arch)).toThrow(
        expect.objectContaining({
          code: 'engine-install/unsupported-platform',
          message: expect.stringContaining(arch),
        }),
      );
    }
  });

  it('do not exist elsewhere, and the refusal names the machine and what works instead', () => {
    for (const [platform, name] of [
      ['darwin', 'macOS'],
      ['win32', 'Windows'],
    ] as const) {
      const refusal = expect.objectContaining({
        code: 'engine-install/unsupported-platform',
        message: expect.stringMatching(new RegExp(`${name}.*WebAssembly`)),
      });
      expect(() => getWheels('cpu', platform, 'x64')).toThrow(refusal);
    }
  });
});

describe('unpacking', () => {
  it("takes NVIDIA's libraries to where TensorFlow looks for them, and none of its headers", () => {
    for (const name of [
      'nvidia/cudnn/lib/libcudnn.so.9',
      'nvidia/cuda_nvcc/bin/ptxas',
      'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
    ])
      expect(unpackedPath(name)).toBe(path.join(...name.split('/')));
    expect(unpackedPath('nvidia/cudnn/include/cudnn.h')).toBeUndefined();
    expect(unpackedPath('nvidia/cudnn/lib/../../../../etc/x.so')).toBeUndefined();
  });

  it('takes the two libraries and the headers, and nothing else', () => {
    expect(unpackedPath('tensorflow/libtensorflow_cc.so.2')).toBe(path.join('lib', 'libtensorflow_cc.so.2'));
    expect(unpackedPath('tensorflow/include/tensorflow/c/c_api.h')).toBe(
      path.join('include', 'tensorflow', 'c', 'c_api.h'),
    );
    expect(unpackedPath('tensorflow/include/xla/tsl/c/tsl_status.h')).toBe(
      path.join('include', 'xla', 'tsl', 'c', 'tsl_status.h'),
    );
    expect(unpackedPath('tensorflow/python/keras.py')).toBeUndefined();
    expect(unpackedPath('tensorflow/include/tensorflow/c/')).toBeUndefined();
  });

  it('never leaves the folder, whatever an entry is called', () => {
    const part = fc.constantFrom(
      ...['..', '.', 'tensorflow', 'include', 'c', 'x.h', 'libtensorflow_cc.so.2', ''],
      ...['nvidia', 'cudnn', 'lib', 'x.so.1'],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const target = unpackedPath(parts.join('/'));
        if (target === undefined) return;
        expect(path.resolve('/install', target).startsWith('/install/') || path.sep === '\\').toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the NVIDIA driver's answer", () => {
  it('is read as a name and a version', () => {
    expect(readCard('NVIDIA H100 80GB HBM3, 550.54.15\nNVIDIA H100 80GB HBM3, 550.54.15\n')).toEqual({
      name: 'NVIDIA H100 80GB HBM3',
      driverVersion: '550.54.15',
    });
  });

  it('is no card when it is anything else', () => {
    expect(readCard('No devices were found')).toBeUndefined();
    expect(readCard('')).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const card = readCard(text);
        if (card !== undefined) expect(card.driverVersion).toMatch(/^\d+\.[\d.]+$/);
      }),
    );
  });
});

describe('running an outside program', () => {
  const node = process.execPath;

  it('returns what it printed and how it ended', async () => {
    const result = await runCommand(
      node,
      ['-e', 'console.log("out"); console.error("err"); process.exit(3)'],
      {
        timeoutMs: 20_000,
      },
    );
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', timedOut: false });
  });

  it('says so when the program does not exist', async () => {
    const result = await runCommand('no-such-program-anywhere', [], { timeoutMs: 20_000 });
    expect(result).toMatchObject({ exitCode: null, startError: 'ENOENT' });
  });

  it('ends a program that takes too long', async () => {
    const result = await runCommand(node, ['-e', 'setInterval(() => 0, 1000)'], { timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
  });

  it('ends it within a second when the user cancels', async () => {
    const controller = new AbortController();
    const startMs = performance.now();
    const running = runCommand(node, ['-e', 'setInterval(() => 0, 1000)'], {
      timeoutMs: 20_000,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 100);
    await expect(running).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});

describe('the self-test program', () => {
  it('is found in a checkout and in a build, shared chunks or not', () => {
    expect(selfTestEntry('/a/src/engine/install/self-test.ts')).toBe(
      '/a/src/engine/install/self-test-child.ts',
    );
    expect(selfTestEntry('/a/out/main/engine.js')).toBe('/a/out/main/engine-self-test.js');
    expect(selfTestEntry('/a/out/main/chunks/self-test-x1.js')).toBe('/a/out/main/engine-self-test.js');
  });
});
