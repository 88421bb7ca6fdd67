/** The plain JavaScript backend, with the gradient put right that its package has wrong. */
import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import { computePoolGradient, readPoolInfo } from './pool-gradients.ts';
import { type TensorInfo, tf } from './tf.ts';

/** The name tfjs knows the backend by. */
const cpuBackendName = 'cpu';

/** The backend's own members that a kernel may use. */
interface CpuBackend {
  readonly data: { get(dataId: object): { values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

let prepared = false;

/** Makes it the one in use. */
export async function startCpuBackend(): Promise<void> {
  if (!prepared) replaceAveragePoolGradient();
  prepared = true;
  await tf.setBackend(cpuBackendName);
}

function replaceAveragePoolGradient(): void {
  const kernelName = 'AvgPoolGrad';
  const kernelFunc = (({ inputs, backend, attrs }) => {
    const cpu = backend as unknown as CpuBackend;
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const out = new Float32Array(input.shape.reduce((a, b) => a * b, 1));
    const arrays = {
      info: readPoolInfo(inputs, attrs),
      dy: cpu.data.get(dy.dataId).values,
      input: cpu.data.get(input.dataId).values,
    };
    computePoolGradient(kernelName, arrays, out);
    return cpu.makeTensorInfo(input.shape, 'float32', out);
  }) satisfies KernelFunc;
  tf.unregisterKernel(kernelName, cpuBackendName);
  tf.registerKernel({ kernelName, backendName: cpuBackendName, kernelFunc } satisfies KernelConfig);
}
