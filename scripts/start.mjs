// `npm start`: install, build, then open the desktop window; where that cannot be, serve the same studio on loopback and say why.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, root, studioNode } from './setup.mjs';

const electronFolder = path.join(root, 'node_modules', 'electron');
const refusedMark = path.join(root, 'node_modules', '.catchlight-no-electron');
const retryAfterMs = 24 * 60 * 60 * 1000;

function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** The Electron program, fetched by its own installer the first time; undefined where that download does not arrive. */
function findElectron() {
  const pathFile = path.join(electronFolder, 'path.txt');
  const program = () => path.join(electronFolder, 'dist', readFileSync(pathFile, 'utf8'));
  if (existsSync(pathFile) && existsSync(program())) return program();
  if (!existsSync(path.join(electronFolder, 'install.js'))) return undefined;
  if (existsSync(refusedMark) && Date.now() - statSync(refusedMark).mtimeMs < retryAfterMs) return undefined;
  console.log('Fetching Electron for the desktop window (once)…');
  const result = spawnSync(studioNode(), [path.join(electronFolder, 'install.js')], {
    cwd: root,
    stdio: 'ignore',
    timeout: 300_000,
  });
  if (result.status === 0 && existsSync(pathFile) && existsSync(program())) return program();
  writeFileSync(refusedMark, '');
  return undefined;
}

/** Runs a child in the foreground: passes on Ctrl+C and its exit code. */
function runForeground(program, args) {
  const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
  child.on('error', (error) => {
    console.error(`${program} could not be started: ${error.message}`);
    process.exit(1);
  });
}

ensureInstalled();
ensureBuilt();

const forced = process.argv.slice(2);
const display = hasDisplay();
const electron = forced.includes('--serve') || !display ? undefined : findElectron();
if (electron !== undefined) {
  // Chromium's sandbox refuses to run as root; anyone else keeps it.
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  runForeground(electron, [...sandbox, root, ...forced]);
} else {
  if (!forced.includes('--serve')) {
    console.log(
      display
        ? 'No Electron program could be fetched on this network, so the studio opens in the browser instead. Nothing else differs.'
        : 'This machine has no display, so the studio is served for a browser instead. Nothing else differs.',
    );
  }
  const open = display && process.env.CATCHLIGHT_NO_OPEN !== '1' ? ['--open'] : [];
  runForeground(studioNode(), [
    path.join(root, 'out', 'main', 'cli.js'),
    'serve',
    '--sample',
    ...open,
    ...forced.filter((arg) => arg !== '--serve'),
  ]);
}
