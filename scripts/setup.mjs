// Makes a bare clone ready: installs what the lock file names, once per lock file. Plain Node, no dependencies, any Node from 20 on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const markFile = path.join(root, 'node_modules', '.catchlight-setup');

/** The npm program as [executable, ...arguments], without a shell on any platform. */
function npmCommand() {
  const beside = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const cli = candidates.find((file) => file?.endsWith('.js') && existsSync(file));
  return cli === undefined ? ['npm'] : [process.execPath, cli];
}

/** Installs the locked packages when they are missing or the lock file changed. Exits with advice when npm fails. */
export function ensureInstalled() {
  const lockHash = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(markFile) && readFileSync(markFile, 'utf8') === lockHash) return;
  console.log('Installing packages (once; a few minutes on a slow network)…');
  const [program, ...first] = npmCommand();
  const result = spawnSync(program, [...first, 'ci', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && program === 'npm',
    // The CUDA libraries are 300 MB that most machines cannot use; `engine install` fetches what a GPU needs.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip' },
  });
  if (result.status !== 0) {
    console.error(
      'The packages could not be installed, so nothing was started. Check the network, then run the same command again.',
    );
    process.exit(1);
  }
  mkdirSync(path.dirname(markFile), { recursive: true });
  writeFileSync(markFile, lockHash);
}

/** The Node that runs the studio: this one when it is new enough, else the pinned one that npm installed. */
export function studioNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  const { platform, arch } = process;
  const name = platform === 'win32' ? 'node.exe' : 'node';
  const pinned = [`node-${platform === 'win32' ? 'win' : platform}-${arch}`, `node-bin-${platform}-${arch}`]
    .map((folder) => path.join(root, 'node_modules', folder, 'bin', name))
    .find((file) => existsSync(file));
  if (pinned !== undefined) return pinned;
  console.error(
    `Catchlight needs Node 22.18 or newer; this is ${process.version}, and npm has no newer one for ${platform}-${arch}. ` +
      'Install a current Node, then run the same command again.',
  );
  process.exit(1);
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  ensureInstalled();
