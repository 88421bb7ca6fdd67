/**
 * The self-test of a native TensorFlow, run as a program of its own: a library that crashes or hangs ends this process, not the
 * engine. Usage: `self-test-child BINDING [gpu]`; prints one JSON line and exits 0 when every check passed.
 */
import { pathToFileURL } from 'node:url';
import { AdamOptimizer } from '../backends/adam-optimizer.ts';
import { hideGraphicsCards, nativeBackendName, registerNativeBackend } from '../backends/native-binding.ts';
import { expectClose, probeBackend } from '../backends/probe.ts';
import { type Scalar, tf } from '../backends/tf.ts';

/** What the child prints. */
export interface SelfTestReport {
  readonly tensorflowVersion: string;
  readonly elapsedMs: number;
  readonly matmulGflops: number;
  /** A graphics card did the work. */
  readonly usesGpu: boolean;
}

/** Runs the checks against the binding in this process, for `gpu` on a graphics card. Throws an Error naming the first check that failed. */
export async function runSelfTest(bindingPath: string, device: 'cpu' | 'gpu'): Promise<SelfTestReport> {
  const startMs = performance.now();
  if (device === 'cpu') hideGraphicsCards();
  const binding = registerNativeBackend(bindingPath);
  await tf.setBackend(nativeBackendName);
  const usesGpu = binding.isUsingGpuDevice();
  if (device === 'gpu' && !usesGpu) throw new Error('TensorFlow found no graphics card that it can use');
  await probeBackend();
  checkFusedAdam();
  const matmulGflops = measureMatmul();
  return {
    tensorflowVersion: binding.TF_Version,
    elapsedMs: Math.round(performance.now() - startMs),
    matmulGflops,
    usesGpu,
  };
}

function checkFusedAdam(): void {
  const results = (['auto', 'composed'] as const).map((mode) => {
    const weight = tf.variable(tf.tensor1d([1, -2, 3]), true, `self-test/${mode}`);
    const optimizer = new AdamOptimizer({ learningRate: 0.1, mode });
    for (let i = 0; i < 3; i++)
      optimizer.minimize(() => tf.sum(tf.square(weight)) as Scalar, [weight]).dispose();
    const values = weight.dataSync();
    optimizer.dispose();
    weight.dispose();
    return { kind: optimizer.kind, values };
  });
  const [fused, composed] = results;
  if (fused?.kind !== 'fused' || composed === undefined) throw new Error('the fused Adam step was not used');
  expectClose('fused Adam step', fused.values, composed.values);
}

function measureMatmul(): number {
  const size = 512;
  const [a, b] = [tf.ones([size, size]), tf.ones([size, size])];
  let bestMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    const startMs = performance.now();
    tf.tidy(() => tf.matMul(a, b).dataSync());
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  tf.dispose([a, b]);
  return Math.round((2 * size ** 3) / (bestMs * 1e6));
}

const program = process.argv[1];
if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  const bindingPath = process.argv[2];
  if (bindingPath === undefined) throw new Error('usage: self-test-child BINDING [gpu]');
  const device = process.argv[3] === 'gpu' ? 'gpu' : 'cpu';
  process.stdout.write(`${JSON.stringify(await runSelfTest(bindingPath, device))}\n`);
}
