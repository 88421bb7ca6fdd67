#!/usr/bin/env node
// The command line: runs src/main/cli on the Node that npm pinned when this one is too old.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const source = path.join(root, 'src', 'main', 'cli', 'main.ts');
const built = path.join(root, 'out', 'main', 'cli.js');
// A checkout runs its sources, so that what you read is what runs; a package has only the build.
const entry = existsSync(source) ? source : built;

const setup = path.join(root, 'scripts', 'setup.mjs');
let node = process.execPath;
if (existsSync(setup)) {
  const { ensureInstalled, studioNode } = await import(pathToFileURL(setup).href);
  if (!existsSync(path.join(root, 'node_modules'))) ensureInstalled();
  node = studioNode();
}

if (node === process.execPath) {
  await import(pathToFileURL(entry).href);
} else {
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
