/** The record an install leaves in its folder: what was installed, from what, and that it passed its self-test. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { bindingFileName, installFolders } from './engine-cache.ts';

export const manifestSchema = z.object({
  format: z.literal(1),
  variant: z.enum(['cpu']),
  tensorflowVersion: z.string(),
  platform: z.string(),
  arch: z.string(),
  wheel: z.object({ fileName: z.string(), sha256: z.string() }),
  binding: z.object({
    fileName: z.string(),
    sha256: z.string(),
    tfjsNodeVersion: z.string(),
    compiler: z.string(),
  }),
  selfTest: z.object({ node: z.string(), elapsedMs: z.number(), matmulGflops: z.number() }),
  installedAt: z.string(),
});
export type InstallManifest = z.infer<typeof manifestSchema>;

export const manifestFileName = 'manifest.json';

/** An install that is there, with the path of its binding. */
export interface InstalledTensorFlow {
  readonly folder: string;
  readonly bindingPath: string;
  readonly manifest: InstallManifest;
}

/**
 * Finds the finished install in the cache folder; undefined when there is none. Throws SyntaxError or ZodError when its record
 * cannot be read: the install is then damaged.
 */
export function findInstalledTensorFlow(cacheDir: string): InstalledTensorFlow | undefined {
  const { final } = installFolders(cacheDir, 'cpu');
  let text: string;
  try {
    text = readFileSync(path.join(final, manifestFileName), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const manifest = manifestSchema.parse(JSON.parse(text));
  return { folder: final, bindingPath: path.join(final, bindingFileName), manifest };
}
