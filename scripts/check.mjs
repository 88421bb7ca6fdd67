// `npm run check`: types, lint, layers, dead code, licences. Each failure names the rule and where it is explained.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled, root, studioNode } from './setup.mjs';

ensureInstalled();
const bin = (...parts) => path.join(root, 'node_modules', ...parts);
const steps = [
  ['types', bin('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.json'], 'ARCHITECTURE.md, "Rules of the code"'],
  [
    'types without a browser',
    bin('typescript', 'bin', 'tsc'),
    ['-p', 'tsconfig.node.json'],
    'ARCHITECTURE.md, "Layers": only src/renderer may use the DOM',
  ],
  [
    'lint',
    bin('@biomejs', 'biome', 'bin', 'biome'),
    ['check', '--error-on-warnings'],
    'biome.json; `npm run fix` mends what can be mended',
  ],
  [
    'layers',
    bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
    ['src', '--config', '.dependency-cruiser.mjs'],
    'ARCHITECTURE.md, "Layers"',
  ],
  ['dead code', bin('knip', 'bin', 'knip.js'), [], 'knip.json'],
  ['licences', path.join(root, 'scripts', 'check-licences.mjs'), [], 'docs/dependencies.md'],
];

const only = process.argv.slice(2);
let failed = 0;
for (const [name, script, args, explained] of steps) {
  if (only.length > 0 && !only.includes(name)) continue;
  const startedMs = Date.now();
  const result = spawnSync(studioNode(), [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    timeout: 600_000,
  });
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  if (result.status === 0) console.log(`✔ ${name} (${seconds} s)`);
  else {
    failed += 1;
    console.error(`✘ ${name} (${seconds} s) — explained in ${explained}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
