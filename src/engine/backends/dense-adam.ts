/**
 * Adam for the weights of wide dense layers by our own op: gradient, step, decay and running average in one pass over memory. TensorFlow's
 * own way takes the gradient's 51 MB to memory and back, then passes over the weights for the step, for the decay and for the average.
 */
import type { GradientFactors } from './factored-gradients.ts';
import { getNativeBackend, type NativeBackend } from './native-binding.ts';
import type { Tensor, Variable } from './tf.ts';

/** The numbers of one step, already corrected for bias on the host (see `adam-optimizer.ts`). */
export interface AdamStepScalars {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly beta1Power: number;
  readonly beta2Power: number;
  /** TensorFlow's "epsilon hat": added to the uncorrected root. */
  readonly epsilonHat: number;
}

/** What a loop does to a weight after Adam's step. */
export interface StepTail {
  /** Factor on the weight: one less its decay. */
  readonly keep: number;
  /** The weight's running average, and how far it moves towards the weight. */
  readonly average: { readonly variable: Variable; readonly mix: number } | null;
}

/** A buffer that nobody else holds: the data of a variable and the handle it had when we made sure of it. */
interface OwnBuffer {
  dataId: object | undefined;
  handle: number;
}

interface DenseSlot {
  /** Handles of the moments, outside tfjs' books. */
  readonly m: number;
  readonly v: number;
  readonly weight: OwnBuffer;
  readonly average: OwnBuffer;
}

/** Moments of the weights whose gradients come as factors. Handles live outside tfjs' books: call `dispose`. */
export class DenseAdamSlots {
  private readonly backend: NativeBackend = getNativeBackend();
  private readonly slots = new Map<string, DenseSlot>();

  names(): string[] {
    return [...this.slots.keys()];
  }

  has(name: string): boolean {
    return this.slots.has(name);
  }

  /** Moves a weight `[inputs, outputs]` and what follows it in place. */
  step(
    name: string,
    variable: Variable,
    { x, dy, isHalf }: GradientFactors,
    s: AdamStepScalars,
    tail: StepTail,
  ): void {
    const { binding } = this.backend;
    const slot = this.ensureSlot(name, variable);
    const weight = this.own(variable, slot.weight);
    const own = tail.average === null ? undefined : this.own(tail.average.variable, slot.average);
    const rate = (s.learningRate * Math.sqrt(1 - s.beta2Power)) / (1 - s.beta1Power);
    const mix = tail.average?.mix ?? 0;
    const numbers = [rate, s.beta1, s.beta2, s.epsilonHat, tail.keep, mix, Number(isHalf)];
    const numbersId = binding.createTensor([numbers.length], binding.TF_FLOAT, Float32Array.from(numbers));
    const noneId = own === undefined ? this.createZeros([0]) : undefined;
    try {
      const [xId, dyId] = this.backend.getInputTensorIds([x, dy]) as [number, number];
      const inputs = [xId, dyId, weight, slot.m, slot.v, own ?? (noneId as number), numbersId];
      binding.executeOp('CatchlightDenseAdam', [], inputs, 0);
    } finally {
      binding.deleteTensor(numbersId);
      if (noneId !== undefined) binding.deleteTensor(noneId);
    }
  }

  /** Copies one weight's moments out. Undefined when it has no slot. */
  readMoments(name: string): { m: Float32Array; v: Float32Array } | undefined {
    const slot = this.slots.get(name);
    return slot === undefined ? undefined : { m: this.readHandle(slot.m), v: this.readHandle(slot.v) };
  }

  /** Sets the moments of a weight, of its size; its slot is made anew. */
  writeMoments(name: string, variable: Variable, m: Float32Array, v: Float32Array): void {
    this.drop(name);
    this.slots.set(name, {
      m: this.createCopy(m, variable.shape),
      v: this.createCopy(v, variable.shape),
      weight: { dataId: undefined, handle: -1 },
      average: { dataId: undefined, handle: -1 },
    });
  }

  /** Frees one weight's moments. */
  drop(name: string): void {
    const slot = this.slots.get(name);
    if (slot === undefined) return;
    for (const handle of [slot.m, slot.v]) this.backend.binding.deleteTensor(handle);
    this.slots.delete(name);
  }

  dispose(): void {
    for (const name of this.names()) this.drop(name);
  }

  private ensureSlot(name: string, variable: Variable): DenseSlot {
    const known = this.slots.get(name);
    if (known !== undefined) return known;
    const zeros = new Float32Array(variable.size);
    this.writeMoments(name, variable, zeros, zeros);
    return this.slots.get(name) as DenseSlot;
  }

  /**
   * The handle of a variable whose buffer is its alone: the op writes into it. Where a clone shares the data (kept best weights), or the
   * data is not what we last saw and may lie in an array of JavaScript, the variable gets a copy.
   */
  private own(variable: Variable, buffer: OwnBuffer): number {
    const data = this.backend.tensorMap.get(variable.dataId);
    const isOwn =
      buffer.dataId === variable.dataId &&
      buffer.handle === data.id &&
      data.values == null &&
      data.refCount === 1;
    if (isOwn) return data.id;
    const [id] = this.backend.getInputTensorIds([variable]) as [number];
    const fresh = this.backend.createOutputTensor(this.deepCopy(id));
    variable.assign(fresh);
    fresh.dispose();
    buffer.dataId = variable.dataId;
    buffer.handle = this.backend.tensorMap.get(variable.dataId).id;
    return buffer.handle;
  }

  private deepCopy(id: number): { id: number; shape: number[]; dtype: number } {
    const b = this.backend.binding;
    const attrs = [{ name: 'T', type: b.TF_ATTR_TYPE, value: b.TF_FLOAT }];
    const [output] = b.executeOp('DeepCopy', attrs, [id], 1);
    if (output === undefined) throw new Error('DeepCopy gave no output');
    return output;
  }

  private createCopy(values: Float32Array, shape: readonly number[]): number {
    const { binding } = this.backend;
    // The binding may hand TensorFlow the array's own memory; the op needs a buffer of its own.
    const id = binding.createTensor(shape, binding.TF_FLOAT, values);
    const copy = this.deepCopy(id);
    binding.deleteTensor(id);
    return copy.id;
  }

  private createZeros(shape: readonly number[]): number {
    const { binding } = this.backend;
    return binding.createTensor(shape, binding.TF_FLOAT, new Float32Array(shape.reduce((a, b) => a * b, 1)));
  }

  private readHandle(id: number): Float32Array {
    const tensor: Tensor = this.backend.createOutputTensor(this.deepCopy(id));
    const values = tensor.dataSync<'float32'>();
    tensor.dispose();
    return values;
  }
}
