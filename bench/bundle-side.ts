/** A benchmark's own side as it ships, in one file of JavaScript. */
import path from 'node:path';
import { build } from 'esbuild';

/** Bundles `entry` into `dir` and returns the file: stripping types at the start of the process would count as its memory. */
export async function bundleSide(entry: string, dir: string): Promise<string> {
  const outfile = path.join(dir, `${path.basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Packages in the older form of modules ask for others in theirs.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}
