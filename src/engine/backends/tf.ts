/**
 * The one door to TensorFlow.js: everything in the engine takes `tf` from here, so exactly one copy of tfjs-core
 * (one registry of kernels and gradients, one tape) lives in the process.
 *
 * The packages are loaded through `require` on purpose: the gradients and the chained methods exist in CommonJS form only
 * inside the union package, and tfjs-node's kernels then meet the same copy.
 */
import { createRequire } from 'node:module';

export type {
  NamedTensorMap,
  Scalar,
  Tensor,
  Tensor4D,
  TensorInfo,
  Variable,
} from '@tensorflow/tfjs-core';
export type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** The type of the namespace: core, layers, gradients, the `cpu` backend. */
export type TensorFlow = typeof import('@tensorflow/tfjs');

const load = createRequire(import.meta.url);

/** Parts of the union that have no use in a Node process: they are left out of the start, which saves about a third of it. */
const unusedParts = [
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-data',
] as const;

/** Tensors, ops, gradients and `tf.layers`. Loading costs about 100 ms; no backend is chosen yet (see `selectBackend`). */
export const tf: TensorFlow = loadUnion();

/** Loads a package or file the CommonJS way. For the backends only. */
export function loadModule(specifier: string): unknown {
  return load(specifier);
}

/** The path a package's file has on disk. Throws where the package is not installed. */
export function resolveModule(specifier: string): string {
  return load.resolve(specifier);
}

function loadUnion(): TensorFlow {
  const added: string[] = [];
  for (const name of unusedParts) {
    const path = load.resolve(name);
    if (load.cache[path] !== undefined) continue;
    load.cache[path] = {
      id: path,
      filename: path,
      path,
      loaded: true,
      exports: {},
      children: [],
      paths: [],
    } as unknown as NodeJS.Module;
    added.push(path);
  }
  const union = load('@tensorflow/tfjs') as TensorFlow;
  for (const path of added) delete load.cache[path];
  // Production mode: no advertisement for other backends on stderr, no per-op checks of every number.
  union.enableProdMode();
  return union;
}
