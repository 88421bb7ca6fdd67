/** Where the entry file of each child process and worker lies, in a checkout (TypeScript run by Node) and in a build (out/main). */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs this studio starts besides the one that runs now. */
export type EntryName =
  | 'engine'
  | 'engine-self-test'
  | 'inference-worker'
  | 'host'
  | 'scan-worker'
  | 'data-worker'
  | 'cli';

/** Entry files relative to src/main; the build makes one program of each. */
export const entrySources: Readonly<Record<EntryName, string>> = {
  engine: '../engine/engine-process.ts',
  'engine-self-test': '../engine/install/self-test-child.ts',
  'inference-worker': '../engine/features/inference.worker.ts',
  host: './host/host-process.ts',
  'scan-worker': './host/scan/scan.worker.ts',
  'data-worker': './host/audit/data.worker.ts',
  cli: './cli/main.ts',
};

const here = fileURLToPath(import.meta.url);

/** True when the studio runs from its TypeScript sources, false when from a build. */
export const runsFromSource: boolean = here.endsWith('.ts');

/** The folder of the build's entry files: this file may have been split into `out/main/chunks`. */
function builtFolder(): string {
  const folder = path.dirname(here);
  return path.basename(folder) === 'chunks' ? path.dirname(folder) : folder;
}

/** Absolute path of an entry: a `.ts` file in a checkout, `out/main/NAME.js` in a build. */
export function entryPath(name: EntryName): string {
  return runsFromSource
    ? path.resolve(path.dirname(here), entrySources[name])
    : path.join(builtFolder(), `${name}.js`);
}

/** The repository or package root: it holds `resources/` and `out/`. */
export function packageRoot(): string {
  return runsFromSource
    ? path.resolve(path.dirname(here), '..', '..')
    : path.resolve(builtFolder(), '..', '..');
}

/** The built window: `out/renderer`. It may be absent in a checkout that was never built. */
export function rendererFolder(): string {
  return path.join(packageRoot(), 'out', 'renderer');
}
