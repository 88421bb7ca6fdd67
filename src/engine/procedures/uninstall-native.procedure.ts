/** Takes native TensorFlow out of the user's cache folder again. */
import type { Procedure } from './procedure.ts';

export const uninstallNative: Procedure<'uninstallNative'> = async () => {
  const [{ uninstallNativeTensorFlow }, { engineCacheDir }] = await Promise.all([
    import('../install/install-native.ts'),
    import('../install/engine-cache.ts'),
  ]);
  return { removed: await uninstallNativeTensorFlow({ cacheDir: engineCacheDir() }) };
};
