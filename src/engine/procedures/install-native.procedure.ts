/** Puts native TensorFlow into the user's cache folder. The host restarts the engine afterwards, which then finds it. */
import type { Procedure } from './procedure.ts';

export const installNative: Procedure<'installNative'> = async ({ variant }, context) => {
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
