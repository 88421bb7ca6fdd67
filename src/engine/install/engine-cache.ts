/** Where the engine keeps what it downloads or builds for this user: outside the project, outside node_modules, safe to delete. */
import { homedir } from 'node:os';
import path from 'node:path';

/** The environment variables that matter here. */
export type CacheEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The user's cache folder of the studio, absolute; it need not exist. `CATCHLIGHT_CACHE` wins; else the platform's custom:
 * `$XDG_CACHE_HOME/catchlight` or `~/.cache/catchlight`, `~/Library/Caches/catchlight`, `%LOCALAPPDATA%\catchlight\cache`.
 */
export function engineCacheDir(
  env: CacheEnvironment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const p = platform === 'win32' ? path.win32 : path.posix;
  const chosen = env.CATCHLIGHT_CACHE;
  if (chosen !== undefined && chosen !== '') return p.resolve(chosen);
  if (platform === 'win32')
    return p.join(env.LOCALAPPDATA ?? p.join(home, 'AppData', 'Local'), 'catchlight', 'cache');
  if (platform === 'darwin') return p.join(home, 'Library', 'Caches', 'catchlight');
  const xdg = env.XDG_CACHE_HOME;
  // The XDG specification says that a relative path there is to be ignored.
  const base = xdg !== undefined && p.isAbsolute(xdg) ? xdg : p.join(home, '.cache');
  return p.join(base, 'catchlight');
}

/** File name of the compiled binding in the install folder. */
export const bindingFileName = 'tfjs_binding.node';

/** File name of our own ops beside it. */
export const opsFileName = 'catchlight_ops.node';

/** Native TensorFlow for the processor, or for NVIDIA cards too. */
export const installVariants = ['cpu', 'cuda'] as const;
export type InstallVariant = (typeof installVariants)[number];

/** The folders of the TensorFlow install inside the cache. */
export interface InstallFolders {
  /** Everything of the install. */
  readonly root: string;
  /** The finished install; it appears in one rename. */
  readonly final: string;
  /** A half-done install; a later one goes on from it. */
  readonly staging: string;
  /** Marks that an install is running. */
  readonly lock: string;
}

/** Names the folders of one variant. */
export function installFolders(cacheDir: string, variant: InstallVariant): InstallFolders {
  const root = path.join(cacheDir, 'tensorflow');
  return {
    root,
    final: path.join(root, variant),
    staging: path.join(root, `.${variant}-half`),
    lock: path.join(root, `.${variant}-lock`),
  };
}
