// `npm run package`: builds, draws the icon from its SVG, and lets electron-builder pack for this system.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, root, studioNode } from './setup.mjs';

ensureInstalled();
ensureBuilt();
const { default: sharp } = await import('sharp');
const icons = path.join(root, 'resources', 'icons');
await sharp(path.join(icons, 'catchlight.svg'), { density: 192 })
  .resize(1024, 1024)
  .png()
  .toFile(path.join(icons, 'catchlight.png'));
const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
const run = spawnSync(studioNode(), [builder, '--config', 'electron-builder.yml', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
