// Builds main, preload and window into out/, only when a source changed since the last build.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, root, studioNode } from './setup.mjs';

const markFile = path.join(root, 'out', '.built');

/** A fingerprint of everything the build reads, from names, sizes and times: a few milliseconds. */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (file) => {
    const stats = statSync(file);
    hash.update(`${path.relative(root, file)}:${stats.size}:${stats.mtimeMs}\n`);
  };
  for (const name of [
    'package-lock.json',
    'package.json',
    'electron.vite.config.ts',
    'vite.node.config.ts',
    'tsconfig.json',
  ])
    add(path.join(root, name));
  for (const entry of readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) add(path.join(entry.parentPath, entry.name));
  }
  return hash.digest('hex');
}

/** Builds when needed. Exits with the builder's own output when it fails. */
export function ensureBuilt() {
  const now = fingerprint();
  if (existsSync(markFile) && readFileSync(markFile, 'utf8') === now) return;
  console.log('Building the studio…');
  rmSync(path.join(root, 'out'), { recursive: true, force: true });
  const builders = [
    [
      path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
      'build',
      '--logLevel',
      'warn',
    ],
    [
      path.join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      '--config',
      'vite.node.config.ts',
      '--logLevel',
      'warn',
    ],
  ];
  for (const builder of builders) {
    const result = spawnSync(studioNode(), builder, { cwd: root, stdio: 'inherit' });
    if (result.status === 0) continue;
    console.error('The build failed; the lines above say where. Nothing was started.');
    process.exit(1);
  }
  mkdirSync(path.dirname(markFile), { recursive: true });
  writeFileSync(markFile, now);
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  ensureInstalled();
  ensureBuilt();
}
