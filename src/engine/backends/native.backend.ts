/** Finds the native TensorFlow of this machine: the studio's own install first, then a library tfjs-node built for itself. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import { type InstallVariant, installVariants } from '../install/engine-cache.ts';
import { findInstalledTensorFlow } from '../install/manifest.ts';
import { getWheels } from '../install/wheels.ts';
import { resolveModule } from './tf.ts';

/** Both share their sources; their own install scripts fetch a TensorFlow with CUDA, or one without. */
const selfBuilding = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** A binding to load, and in words where it comes from. */
export interface NativeBindingLocation {
  readonly bindingPath: string;
  readonly origin: string;
  /** The install it is of; undefined for a library the package built for itself. */
  readonly variant: InstallVariant | undefined;
}

/**
 * Looks for a binding made for this machine to compute on the processor: the variant for it first, then the one for graphics cards,
 * which can do both. Throws `engine/native-missing` when there is none,
 * `engine-install/unsupported-platform` where there can be none, `engine/native-damaged` when the install's record cannot be read or names another machine.
 */
export function locateNativeBinding(cacheDir: string): NativeBindingLocation {
  for (const variant of installVariants) {
    const found = locateVariant(cacheDir, variant);
    if (found !== undefined) return found;
  }
  const packaged = selfBuilding
    .map((name) =>
      path.join(path.dirname(resolveModule(`${name}/package.json`)), 'lib', 'napi-v8', 'tfjs_binding.node'),
    )
    .find((file) => existsSync(file));
  if (packaged !== undefined) {
    return { bindingPath: packaged, origin: "built by the package's own script", variant: undefined };
  }
  // Where no wheel exists, that is the reason, and no install is offered.
  getWheels('cpu', process.platform, process.arch);
  throw new AppError({
    code: 'engine/native-missing',
    message: 'Native TensorFlow is not installed.',
    hint: 'Run `catchlight engine install` to train several times faster.',
    details: { cacheDir, install: 'cpu' satisfies InstallVariant },
  });
}

/** The install of one variant; undefined when there is none. Throws `engine/native-damaged`. */
export function locateVariant(cacheDir: string, variant: InstallVariant): NativeBindingLocation | undefined {
  try {
    const found = findInstalledTensorFlow(cacheDir, variant);
    if (found === undefined) return undefined;
    const { platform, arch } = found.manifest;
    if (platform !== process.platform || arch !== process.arch)
      throw new Error(`it was made for ${platform} ${arch}`);
    if (!existsSync(found.bindingPath)) throw new Error('its binding is missing');
    return { bindingPath: found.bindingPath, origin: "installed in the user's cache folder", variant };
  } catch (error) {
    throw new AppError({
      code: 'engine/native-damaged',
      message: 'Native TensorFlow is installed, but its files are not in order, so it is not used.',
      hint: 'Run `catchlight engine uninstall`, then `catchlight engine install`.',
      details: { cacheDir, cause: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}
