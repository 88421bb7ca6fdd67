/** The optimiser of every training loop: Adam, fused on native TensorFlow, composed from ordinary ops elsewhere, with slots that survive a restart. */
import { AppError } from '../../core/errors.ts';
import type { AdamStepScalars, StepTail } from './dense-adam.ts';
import { FusedAdamSlots } from './fused-adam.ts';
import { isNativeBackendActive } from './native-binding.ts';
import type { NamedTensorMap, Scalar, Tensor, Variable } from './tf.ts';
import { tf } from './tf.ts';

/** Settings of Adam. Defaults are those of Kingma & Ba 2015 (arXiv:1412.6980), epsilon as in Keras. */
export interface AdamOptions {
  readonly learningRate: number;
  /** Decay of the mean, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the square, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** `composed` forces ordinary ops on every backend: for tests and benchmarks. Default `auto`. */
  readonly mode?: 'auto' | 'composed';
}

/** Everything needed to go on with the same numbers: steps taken so far and the two moments of each weight. */
export interface AdamState {
  readonly step: number;
  readonly slots: Readonly<Record<string, { readonly m: Float32Array; readonly v: Float32Array }>>;
}

interface Slots {
  /** Gives the names of the weights that also got their tail. */
  apply(pairs: readonly Pair[], scalars: AdamStepScalars, findTail: (name: string) => StepTail): Set<string>;
  names(): string[];
  readMoments(name: string): { m: Float32Array; v: Float32Array } | undefined;
  writeMoments(name: string, variable: Variable, m: Float32Array, v: Float32Array): void;
  dispose(): void;
}

interface Pair {
  readonly name: string;
  readonly variable: Variable;
  readonly gradient: Tensor;
}

const noTail = (): StepTail => ({ keep: 1, average: null });

/**
 * Adam with a settable rate. Unlike `tf.train.adam` the powers of beta are computed from the step number, so a restored
 * optimiser gives bit for bit the numbers of one that was never stopped.
 */
export class AdamOptimizer {
  /** `fused`: one native op a weight. `composed`: ordinary tfjs ops. */
  readonly kind: 'fused' | 'composed';
  /** Learning rate of the next step; schedules set it. */
  learningRate: number;
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;
  private readonly slots: Slots;
  private stepCount = 0;

  constructor(options: AdamOptions) {
    this.learningRate = options.learningRate;
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-7;
    const fused = options.mode !== 'composed' && isNativeBackendActive();
    this.kind = fused ? 'fused' : 'composed';
    this.slots = fused ? new FusedAdamSlots() : new ComposedAdamSlots();
  }

  /** Steps taken since the start, including those before a restore. */
  get step(): number {
    return this.stepCount;
  }

  /**
   * Applies one step. Keys are variable names; `variables` finds each weight and defaults to tfjs' registry. Gradients stay the
   * caller's to dispose. `findTail` says what follows the step; the result names the weights for which it has been done on the way, because
   * their gradients came as factors (`factored-gradients.ts`): for all others it is the caller's. Throws `training/unknown-weight` for a
   * name without a weight.
   */
  applyGradients(
    gradients: NamedTensorMap,
    variables?: Readonly<Record<string, Variable>>,
    findTail: (name: string) => StepTail = noTail,
  ): ReadonlySet<string> {
    const registry = variables ?? (tf.engine().registeredVariables as Record<string, Variable>);
    const pairs: Pair[] = [];
    for (const [name, gradient] of Object.entries(gradients)) {
      const variable = registry[name];
      if (variable === undefined) throw unknownWeight(name);
      pairs.push({ name, variable, gradient });
    }
    this.stepCount++;
    return this.slots.apply(pairs, this.computeScalars(), findTail);
  }

  /**
   * Computes the loss and its gradients and takes one step. `loss` must return a scalar; the result is that scalar, the caller's
   * to dispose. With `variables` only those weights move.
   */
  minimize(loss: () => Scalar, variables?: readonly Variable[]): Scalar {
    const { value, grads } = tf.variableGrads(loss, variables === undefined ? undefined : [...variables]);
    const byName =
      variables === undefined ? undefined : Object.fromEntries(variables.map((v) => [v.name, v]));
    try {
      this.applyGradients(grads, byName);
    } finally {
      tf.dispose(grads);
    }
    return value;
  }

  /** Copies out the state: a restart with it goes on with the same numbers. */
  saveState(): AdamState {
    const slots: Record<string, { m: Float32Array; v: Float32Array }> = {};
    for (const name of this.slots.names()) {
      const moments = this.slots.readMoments(name);
      if (moments !== undefined) slots[name] = moments;
    }
    return { step: this.stepCount, slots };
  }

  /**
   * Puts a saved state back. Every slot must have its weight, of the same size: else throws `training/unknown-weight` or
   * `training/slot-size`, and nothing has changed.
   */
  loadState(state: AdamState, variables?: Readonly<Record<string, Variable>>): void {
    const registry = variables ?? (tf.engine().registeredVariables as Record<string, Variable>);
    const entries = Object.entries(state.slots).map(([name, moments]) => {
      const variable = registry[name];
      if (variable === undefined) throw unknownWeight(name);
      if (moments.m.length !== variable.size || moments.v.length !== variable.size) {
        throw new AppError({
          code: 'training/slot-size',
          message: `The saved optimiser state of ${name} has ${moments.m.length} numbers where the weight has ${variable.size}, so it was not used.`,
          hint: 'Start the training again from its first step: the settings of the model have changed.',
          details: { name, saved: moments.m.length, weight: variable.size },
        });
      }
      return { name, variable, moments };
    });
    for (const { name, variable, moments } of entries)
      this.slots.writeMoments(name, variable, moments.m, moments.v);
    this.stepCount = state.step;
  }

  /** Frees the slots. The weights keep their values. */
  dispose(): void {
    this.slots.dispose();
  }

  private computeScalars(): AdamStepScalars {
    const beta1Power = this.beta1 ** this.stepCount;
    const beta2Power = this.beta2 ** this.stepCount;
    return {
      learningRate: this.learningRate,
      beta1: this.beta1,
      beta2: this.beta2,
      beta1Power,
      beta2Power,
      // Adam as published adds epsilon to the corrected root; the fused op adds it to the uncorrected one. Scaling makes them equal.
      epsilonHat: this.epsilon * Math.sqrt(1 - beta2Power),
    };
  }
}

/** The same step from ordinary ops, for backends without the fused one. */
class ComposedAdamSlots implements Slots {
  private readonly moments = new Map<string, { m: Variable; v: Variable }>();

  apply(pairs: readonly Pair[], s: AdamStepScalars): Set<string> {
    const rate = (s.learningRate * Math.sqrt(1 - s.beta2Power)) / (1 - s.beta1Power);
    tf.tidy(() => {
      for (const { name, variable, gradient } of pairs) {
        const { m, v } = this.ensure(name, variable);
        m.assign(m.mul(s.beta1).add(gradient.mul(1 - s.beta1)));
        v.assign(v.mul(s.beta2).add(gradient.square().mul(1 - s.beta2)));
        variable.assign(variable.sub(m.mul(rate).div(v.sqrt().add(s.epsilonHat))));
      }
    });
    return new Set();
  }

  names(): string[] {
    return [...this.moments.keys()];
  }

  readMoments(name: string): { m: Float32Array; v: Float32Array } | undefined {
    const pair = this.moments.get(name);
    if (pair === undefined) return undefined;
    return { m: Float32Array.from(pair.m.dataSync()), v: Float32Array.from(pair.v.dataSync()) };
  }

  writeMoments(name: string, variable: Variable, m: Float32Array, v: Float32Array): void {
    const pair = this.ensure(name, variable);
    tf.tidy(() => {
      pair.m.assign(tf.tensor(m.slice(), variable.shape));
      pair.v.assign(tf.tensor(v.slice(), variable.shape));
    });
  }

  dispose(): void {
    for (const { m, v } of this.moments.values()) {
      m.dispose();
      v.dispose();
    }
    this.moments.clear();
  }

  private ensure(name: string, variable: Variable): { m: Variable; v: Variable } {
    const known = this.moments.get(name);
    if (known !== undefined) return known;
    const zeros = (): Variable => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false));
    const created = { m: zeros(), v: zeros() };
    this.moments.set(name, created);
    return created;
  }
}

function unknownWeight(name: string): AppError {
  return new AppError({
    code: 'training/unknown-weight',
    message: `No weight is called ${name}, so the step was not taken.`,
    hint: 'Start the training again from its first step: the settings of the model have changed.',
    details: { name },
  });
}
