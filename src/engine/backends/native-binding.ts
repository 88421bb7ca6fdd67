/** Loads tfjs-node's kernels over a binding of our own path, and offers TensorFlow's raw ops to those who need more than tfjs has. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import { AppError } from '../../core/errors.ts';
import { registerHalfConvolutions } from './native-half.ts';
import { registerNativeKernels } from './native-kernels.ts';
import { resolveModule, type Tensor, type TensorInfo, tf } from './tf.ts';

/** What an op gives back before tfjs knows of it: a handle's number, its shape, TensorFlow's dtype number. */
export interface NativeOutput {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The functions and constants of `tfjs_binding.node` that we use. */
export interface NativeBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attrs: readonly NativeAttr[],
    inputIds: readonly number[],
    outputs: number,
  ): NativeOutput[];
  getNumOfTensors?(): number;
  isUsingGpuDevice(): boolean;
}

/** One attribute of a raw op: `type` is one of the binding's `TF_ATTR_*` numbers. */
export interface NativeAttr {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean | readonly number[];
}

/** What the backend keeps for each tensor. `values` waits in JavaScript until the first op needs it. */
export interface NativeTensorData {
  id: number;
  shape: number[];
  dtype: number;
  values: unknown;
  refCount: number;
}

/** tfjs-node's backend with the members the published typings hide. */
export interface NativeBackend extends KernelBackend {
  readonly binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: {
    get(dataId: object): NativeTensorData;
    set(dataId: object, data: NativeTensorData): void;
    has(dataId: object): boolean;
  };
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(output: NativeOutput): Tensor;
  executeMultipleOutputs(
    name: string,
    attrs: readonly NativeAttr[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/** The name under which tfjs-node's kernels are registered. */
export const nativeBackendName = 'tensorflow';

let registered: { readonly path: string; readonly binding: NativeBinding } | undefined;

/**
 * Registers the native backend over the binding at `bindingPath`; `tf.setBackend('tensorflow')` then starts it.
 * Nothing in node_modules is touched. A process can hold one binding only: asking for another path throws
 * `engine/binding-taken`. Throws what the dynamic linker says when a library is missing.
 */
export function registerNativeBackend(bindingPath: string): NativeBinding {
  if (registered !== undefined) {
    if (registered.path === bindingPath) return registered.binding;
    throw new AppError({
      code: 'engine/binding-taken',
      message: 'Another TensorFlow is already loaded in this process, so the new one was not.',
      hint: 'Restart the engine to change to the other TensorFlow.',
      details: { loaded: registered.path, asked: bindingPath },
    });
  }
  // TensorFlow prints CPU hints on stderr at start; errors (level 2 and up) still come through.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // On a graphics card TensorFlow takes all of its memory at start unless told to grow; the window draws on it, too.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  const packageRoot = dirname(resolveModule('@tensorflow/tfjs-node-gpu/package.json'));
  const load = createRequire(join(packageRoot, 'package.json'));
  restoreRemovedUtilities(load);
  const binding = load(bindingPath) as NativeBinding;
  load('./dist/register_all_kernels.js');
  registerNativeKernels(nativeBackendName);
  registerHalfConvolutions(nativeBackendName);
  const { NodeJSKernelBackend } = load('./dist/nodejs_kernel_backend.js') as {
    NodeJSKernelBackend: new (binding: NativeBinding, packageName: string) => NativeBackend;
  };
  tf.registerBackend(
    nativeBackendName,
    () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'),
    3,
  );
  registered = { path: bindingPath, binding };
  return binding;
}

/** Makes a TensorFlow loaded later in this process work on the processor, whatever cards there are. */
export function hideGraphicsCards(): void {
  process.env.CUDA_VISIBLE_DEVICES = '-1';
}

/** True while the native backend is the one in use. */
export function isNativeBackendActive(): boolean {
  return registered !== undefined && tf.getBackend() === nativeBackendName;
}

/** The native backend in use. Throws `engine/not-native` when another one is. */
export function getNativeBackend(): NativeBackend {
  if (!isNativeBackendActive()) {
    throw new AppError({
      code: 'engine/not-native',
      message: `This step needs native TensorFlow, and the engine runs on ${tf.getBackend()}.`,
      hint: 'Run `catchlight engine install`, or choose a step that every backend has.',
    });
  }
  return tf.backend() as NativeBackend;
}

/**
 * Runs any TensorFlow op by name: the way to ops tfjs does not have. Outputs are ordinary tensors, kept by the surrounding
 * `tf.tidy`; there is no gradient. Attributes are written with {@link attr}. Throws TensorFlow's own message on a bad call.
 */
export function executeNativeOp(
  name: string,
  attrs: readonly NativeAttr[],
  inputs: readonly TensorInfo[],
  outputs: number,
): Tensor[] {
  return getNativeBackend().executeMultipleOutputs(name, attrs, inputs, outputs);
}

/** Writes the attributes of a raw op with the type numbers of the loaded binding. */
export const attr = {
  /** `T`-like attributes. float32 and int32 are what the engine computes in. */
  dtype: (name: string, dtype: 'float32' | 'int32'): NativeAttr => {
    const { binding } = getNativeBackend();
    return {
      name,
      type: binding.TF_ATTR_TYPE,
      value: dtype === 'float32' ? binding.TF_FLOAT : binding.TF_INT32,
    };
  },
  bool: (name: string, value: boolean): NativeAttr => ({
    name,
    type: getNativeBackend().binding.TF_ATTR_BOOL,
    value,
  }),
  int: (name: string, value: number | readonly number[]): NativeAttr => ({
    name,
    type: getNativeBackend().binding.TF_ATTR_INT,
    value,
  }),
  float: (name: string, value: number): NativeAttr => ({
    name,
    type: getNativeBackend().binding.TF_ATTR_FLOAT,
    value,
  }),
  string: (name: string, value: string): NativeAttr => ({
    name,
    type: getNativeBackend().binding.TF_ATTR_STRING,
    value,
  }),
  shape: (name: string, value: readonly number[]): NativeAttr => ({
    name,
    type: getNativeBackend().binding.TF_ATTR_SHAPE,
    value,
  }),
};

/** Node 23 dropped `util.isArray` and `util.isNullOrUndefined`; tfjs-node 4.22 still calls them (fixed upstream, never released). */
function restoreRemovedUtilities(load: NodeJS.Require): void {
  const util = load('node:util') as {
    isArray?: (value: unknown) => boolean;
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  util.isArray ??= Array.isArray;
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
