// `npm run bench -- NAME [--json]`: runs one benchmark of bench/ on the studio's Node; without a name, lists them.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled, root, studioNode } from './setup.mjs';

ensureInstalled();
const run = spawnSync(
  studioNode(),
  ['--disable-warning=ExperimentalWarning', path.join(root, 'bench', 'run.ts'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exit(run.status ?? 1);
