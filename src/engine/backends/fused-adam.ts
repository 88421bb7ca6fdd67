/** Adam in one pass over memory: TensorFlow's own fused op on resource variables that share their buffer with the model's weights. */
import { type AdamStepScalars, DenseAdamSlots, type StepTail } from './dense-adam.ts';
import { findFactors } from './factored-gradients.ts';
import { getNativeBackend, type NativeAttr, type NativeBackend } from './native-binding.ts';
import type { Tensor, Variable } from './tf.ts';
import { tf } from './tf.ts';

/** Resource handles of one weight and its two moments, and the tensor handle the weight had when we last looked. */
interface FusedSlot {
  readonly weight: number;
  readonly m: number;
  readonly v: number;
  /** The data of the tfjs variable that shares the resource's buffer, and the handle it held. */
  sharedDataId: object | undefined;
  sharedHandle: number;
}

let nextResource = 0;

/**
 * Holds the slots of all weights as TensorFlow resource variables. Handles live outside tfjs' books, so `tf.memory()` does not
 * count them: call `dispose`, or they live as long as the process.
 */
export class FusedAdamSlots {
  private readonly backend: NativeBackend;
  private readonly slots = new Map<string, FusedSlot>();
  /** Weights whose gradients come as factors have their moments there. */
  private readonly dense = new DenseAdamSlots();
  private readonly attrsApply: readonly NativeAttr[];
  private readonly attrsRead: readonly NativeAttr[];

  /** Throws `engine/not-native` when another backend is in use. */
  constructor() {
    this.backend = getNativeBackend();
    const b = this.backend.binding;
    this.attrsApply = [
      { name: 'T', type: b.TF_ATTR_TYPE, value: b.TF_FLOAT },
      { name: 'use_locking', type: b.TF_ATTR_BOOL, value: false },
      { name: 'use_nesterov', type: b.TF_ATTR_BOOL, value: false },
    ];
    this.attrsRead = [{ name: 'dtype', type: b.TF_ATTR_TYPE, value: b.TF_FLOAT }];
  }

  /** Names of the weights that have slots. */
  names(): string[] {
    return [...this.slots.keys(), ...this.dense.names()];
  }

  /**
   * One step for a list of (weight, gradient of the same shape). The scalars are sent to TensorFlow once for all of them. Weights whose
   * gradient comes as factors also get what `findTail` says; the result is their names.
   */
  apply(
    pairs: readonly { readonly name: string; readonly variable: Variable; readonly gradient: Tensor }[],
    s: AdamStepScalars,
    findTail: (name: string) => StepTail,
  ): Set<string> {
    const whole = new Set<string>();
    const { binding } = this.backend;
    const numbers = [s.beta1Power, s.beta2Power, s.learningRate, s.beta1, s.beta2, s.epsilonHat];
    const scalarIds = numbers.map((x) => binding.createTensor([], binding.TF_FLOAT, Float32Array.of(x)));
    try {
      for (const { name, variable, gradient } of pairs) {
        const factors = findFactors(gradient);
        if (factors === undefined) {
          this.applyOne(name, variable, gradient, scalarIds);
          continue;
        }
        this.moveToDense(name, variable);
        this.dense.step(name, variable, factors, s, findTail(name));
        whole.add(name);
      }
    } finally {
      for (const id of scalarIds) binding.deleteTensor(id);
    }
    return whole;
  }

  /** Copies one moment out. Undefined when the weight has no slots yet. */
  readMoments(name: string): { m: Float32Array; v: Float32Array } | undefined {
    const slot = this.slots.get(name);
    if (slot === undefined) return this.dense.readMoments(name);
    return { m: this.readResource(slot.m), v: this.readResource(slot.v) };
  }

  /** Sets the moments of a weight, creating its slots when needed. Lengths must fit the weight. */
  writeMoments(name: string, variable: Variable, m: Float32Array, v: Float32Array): void {
    const slot = this.ensureSlot(name, variable);
    const { binding } = this.backend;
    for (const [handle, values] of [
      [slot.m, m],
      [slot.v, v],
    ] as const) {
      // The binding hands TensorFlow the array's own memory; a copy keeps the caller's array out of it.
      const id = binding.createTensor(variable.shape, binding.TF_FLOAT, values.slice());
      this.assign(handle, id);
      binding.deleteTensor(id);
    }
  }

  /** Frees the slots; weights keep their values. */
  dispose(): void {
    for (const name of [...this.slots.keys()]) this.drop(name);
    this.dense.dispose();
  }

  private drop(name: string): void {
    const slot = this.slots.get(name);
    if (slot === undefined) return;
    for (const handle of [slot.weight, slot.m, slot.v]) this.destroy(handle);
    this.slots.delete(name);
  }

  /** Moments put back before it was known how the gradient comes. */
  private moveToDense(name: string, variable: Variable): void {
    if (!this.slots.has(name)) return;
    const { m, v } = this.readMoments(name) as { m: Float32Array; v: Float32Array };
    this.dense.writeMoments(name, variable, m, v);
    this.drop(name);
  }

  private applyOne(name: string, variable: Variable, gradient: Tensor, scalarIds: readonly number[]): void {
    const slot = this.ensureSlot(name, variable);
    const { backend } = this;
    const { binding } = backend;
    const [gradientId] = backend.getInputTensorIds([gradient]) as [number];
    const [weightId] = backend.getInputTensorIds([variable]) as [number];
    if (slot.sharedDataId !== variable.dataId || slot.sharedHandle !== weightId)
      this.assign(slot.weight, weightId);
    // TensorFlow updates in place only while nobody else holds the buffer, so the weight's own handle is let go first. Where
    // another tensor shares the data (a kept copy of the best weights), it must keep the old values: then the weight gets new data.
    const data = backend.tensorMap.get(variable.dataId);
    const alone = data.refCount === 1;
    if (alone) binding.deleteTensor(data.id);
    try {
      binding.executeOp(
        'ResourceApplyAdam',
        this.attrsApply,
        [slot.weight, slot.m, slot.v, ...scalarIds, gradientId],
        0,
      );
    } finally {
      const output = this.read(slot.weight);
      if (alone) {
        data.id = output.id;
      } else {
        const fresh = backend.createOutputTensor(output);
        variable.assign(fresh);
        fresh.dispose();
      }
      slot.sharedDataId = variable.dataId;
      slot.sharedHandle = output.id;
    }
  }

  private ensureSlot(name: string, variable: Variable): FusedSlot {
    const known = this.slots.get(name);
    if (known !== undefined) return known;
    const slot: FusedSlot = {
      weight: this.createResource(name, 'weight', variable.shape),
      m: this.createResource(name, 'm', variable.shape),
      v: this.createResource(name, 'v', variable.shape),
      sharedDataId: undefined,
      sharedHandle: -1,
    };
    for (const handle of [slot.m, slot.v]) {
      const zeros = tf.zeros(variable.shape);
      const [id] = this.backend.getInputTensorIds([zeros]) as [number];
      this.assign(handle, id);
      zeros.dispose();
    }
    this.slots.set(name, slot);
    return slot;
  }

  private createResource(name: string, role: string, shape: readonly number[]): number {
    const b = this.backend.binding;
    const shared = `catchlight/adam/${nextResource++}/${name}/${role}`;
    const attrs: NativeAttr[] = [
      { name: 'dtype', type: b.TF_ATTR_TYPE, value: b.TF_FLOAT },
      { name: 'shape', type: b.TF_ATTR_SHAPE, value: shape },
      { name: 'container', type: b.TF_ATTR_STRING, value: '' },
      { name: 'shared_name', type: b.TF_ATTR_STRING, value: shared },
    ];
    return (b.executeOp('VarHandleOp', attrs, [], 1)[0] as { id: number }).id;
  }

  private assign(handle: number, valueId: number): void {
    this.backend.binding.executeOp('AssignVariableOp', this.attrsRead, [handle, valueId], 0);
  }

  private read(handle: number): { id: number; shape: number[]; dtype: number } {
    const output = this.backend.binding.executeOp('ReadVariableOp', this.attrsRead, [handle], 1)[0];
    if (output === undefined) throw new Error('ReadVariableOp gave no output');
    return output;
  }

  private readResource(handle: number): Float32Array {
    const tensor = this.backend.createOutputTensor(this.read(handle));
    const values = tensor.dataSync<'float32'>();
    tensor.dispose();
    return values;
  }

  private destroy(handle: number): void {
    const { binding } = this.backend;
    const attrs = [{ name: 'ignore_lookup_error', type: binding.TF_ATTR_BOOL, value: true }];
    binding.executeOp('DestroyResourceOp', attrs, [handle], 0);
    binding.deleteTensor(handle);
  }
}
