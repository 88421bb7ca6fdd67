/** The backends this machine has, one after the other, for what must hold on each of them. */
import { startCpuBackend } from '../../src/engine/backends/cpu.backend.ts';
import { locateNativeBinding } from '../../src/engine/backends/native.backend.ts';
import { nativeBackendName, registerNativeBackend } from '../../src/engine/backends/native-binding.ts';
import type { BackendId } from '../../src/engine/backends/select-backend.ts';
import { tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { engineCacheDir } from '../../src/engine/install/engine-cache.ts';

export interface AvailableBackend {
  readonly id: BackendId;
  /** Makes it the one `tf` uses. Throws where it does not start. */
  start(): Promise<void>;
}

/** Plain JavaScript and WebAssembly always; native TensorFlow where it is installed, with a word on the console where it is not. */
export function listAvailableBackends(): AvailableBackend[] {
  const everywhere: AvailableBackend[] = [
    { id: 'cpu', start: startCpuBackend },
    {
      id: 'wasm',
      start: async () => {
        if (!(await startWasmBackend())) throw new Error('the WebAssembly backend did not start');
      },
    },
  ];
  const bindingPath = findNativeBinding();
  if (bindingPath === undefined) return everywhere;
  const native: AvailableBackend = {
    id: 'native',
    start: async () => {
      registerNativeBackend(bindingPath);
      if (!(await tf.setBackend(nativeBackendName))) throw new Error('native TensorFlow did not start');
    },
  };
  return [...everywhere, native];
}

/** The path of the native binding; undefined, with a word on the console, where it is not installed. */
function findNativeBinding(): string | undefined {
  try {
    return locateNativeBinding(engineCacheDir()).bindingPath;
  } catch {
    console.log('Not on native TensorFlow: it is not installed (`catchlight engine install`).');
    return undefined;
  }
}
