/** The record an install leaves in its folder: what was installed, from what, and that it passed its self-test. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { bindingFileName, type InstallVariant, installFolders, installVariants } from './engine-cache.ts';

export const manifestSchema = z.object({
  format: z.literal(1),
  variant: z.enum(installVariants),
  tensorflowVersion: z.string(),
  platform: z.string(),
  arch: z.string(),
  wheel: z.object({ fileName: z.string(), sha256: z.string() }),
  /** NVIDIA's wheels, of the variant for graphics cards. */
  libraries: z.array(z.object({ fileName: z.string(), sha256: z.string() })).default([]),
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
 * Finds the finished install of a variant in the cache folder; undefined when there is none. Throws SyntaxError or ZodError when its record
 * cannot be read: the install is then damaged.
 */
export function findInstalledTensorFlow(
  cacheDir: string,
  variant: InstallVariant,
): InstalledTensorFlow | undefined {
  const { final } = installFolders(cacheDir, variant);
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

/** The variants whose folder is in place, working or not: what an uninstall would take away. */
export function listInstalled(cacheDir: string): InstallVariant[] {
  return installVariants.filter((variant) => existsSync(installFolders(cacheDir, variant).final));
}
