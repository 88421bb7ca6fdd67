/** The rules of `engine install` that need neither network nor compiler: folders, wheels, what is unpacked, what is said. */
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineCacheDir } from '../../src/engine/install/engine-cache.ts';
import { runCommand } from '../../src/engine/install/run-command.ts';
import { selfTestEntry } from '../../src/engine/install/self-test.ts';
import { unpackedPath } from '../../src/engine/install/unpack-wheel.ts';
import { getWheel } from '../../src/engine/install/wheels.ts';

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
  it('are pinned by a whole SHA-256 for both Linux machines', () => {
    for (const arch of ['x64', 'arm64']) {
      expect(getWheel('linux', arch).sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(getWheel('linux', arch).fileName).toContain(getWheel('linux', arch).platformTag);
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
      expect(() => getWheel(platform, 'x64')).toThrow(refusal);
    }
  });
});

describe('unpacking', () => {
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
    const part = fc.constantFrom('..', '.', 'tensorflow', 'include', 'c', 'x.h', 'libtensorflow_cc.so.2', '');
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
