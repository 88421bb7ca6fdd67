/** The WebAssembly backend: works wherever Node does, with the kernels that training needs and the package lacks put in. */
import path from 'node:path';
import { loadModule, resolveModule, tf } from './tf.ts';
import { registerWasmKernels } from './wasm-kernels.ts';

/** The name tfjs knows the backend by. */
export const wasmBackendName = 'wasm';

interface WasmPackage {
  setWasmPaths(prefix: string): void;
}

let prepared = false;

/**
 * Loads the package, points it at its own .wasm files and registers our kernels; `tf.setBackend('wasm')` then starts it.
 * SIMD is used where the processor has it. Its threads are not: the package makes its workers from blob addresses, which
 * Node's workers refuse (tfjs issue 3830).
 */
export function prepareWasmBackend(): void {
  if (prepared) return;
  const folder = path.dirname(resolveModule('@tensorflow/tfjs-backend-wasm'));
  const wasm = loadModule('@tensorflow/tfjs-backend-wasm') as WasmPackage;
  wasm.setWasmPaths(folder + path.sep);
  registerWasmKernels();
  prepared = true;
}

/** Starts the backend and makes it the one in use. True when it started. */
export async function startWasmBackend(): Promise<boolean> {
  prepareWasmBackend();
  const before = new Map(processEvents.map((name) => [name, new Set(process.listeners(name))]));
  try {
    return await tf.setBackend(wasmBackendName);
  } finally {
    // Emscripten installs handlers that re-throw whatever is unhandled; how faults are reported is the engine's own business.
    for (const name of processEvents) {
      for (const listener of process.listeners(name)) {
        if (before.get(name)?.has(listener) !== true) process.removeListener(name, listener);
      }
    }
  }
}

const processEvents = [
  'uncaughtException',
  'unhandledRejection',
] as unknown as readonly 'uncaughtException'[];
