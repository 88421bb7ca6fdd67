/** Puts native TensorFlow into the user's cache folder. The host restarts the engine afterwards, which then finds it. */
import { AppError } from '../../core/errors.ts';
import type { Procedure } from './procedure.ts';

export const installNative: Procedure<'installNative'> = async ({ variant }, context) => {
  if (variant !== 'cpu') {
    throw new AppError({
      code: 'engine-install/unsupported-platform',
      message: 'Native TensorFlow for graphics cards cannot be installed yet. Nothing was changed.',
      hint: 'Install the CPU variant: `catchlight engine install`.',
      details: { variant },
    });
  }
  const [{ installNativeTensorFlow }, { engineCacheDir }] = await Promise.all([
    import('../install/install-native.ts'),
    import('../install/engine-cache.ts'),
  ]);
  const { version, folder } = await installNativeTensorFlow({
    cacheDir: engineCacheDir(),
    variant,
    signal: context.signal,
    onProgress: context.onProgress,
  });
  return { version, folder };
};
