/** The weights of a model as plain arrays: to save, to put back, to average. */
import { AppError } from '../../core/errors.ts';
import { type LayersModel, type Tensor, tf, type Variable } from '../backends/tf.ts';

/** One weight. `name` is stable between processes; `shape` is the tensor's. */
export interface WeightArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The variable of a weight that training moves. */
export interface TrainableWeight {
  readonly name: string;
  readonly variable: Variable;
  /** Only matrices and filters decay; biases and norms do not. */
  readonly decays: boolean;
}

/** Weights training moves, in the model's order. */
export function listTrainable(model: LayersModel): TrainableWeight[] {
  return model.trainableWeights.map((weight) => {
    const variable = weight.read() as Variable;
    return { name: weight.originalName, variable, decays: variable.rank > 1 };
  });
}

/** Copies out all weights, those that training does not move too. */
export function readWeights(model: LayersModel): WeightArray[] {
  return model.weights.map((weight) => ({
    name: weight.originalName,
    shape: weight.shape as number[],
    data: Float32Array.from(weight.read().dataSync()),
  }));
}

/** Puts weights back by name. Throws `model/weights-differ` when one is missing or of another shape; then nothing has changed. */
export function writeWeights(model: LayersModel, weights: readonly WeightArray[]): void {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const wanted = model.weights.map((weight) => {
    const found = byName.get(weight.originalName);
    if (found !== undefined && found.shape.join() === weight.shape.join()) return found;
    throw new AppError({
      code: 'model/weights-differ',
      message: `The saved model does not hold the weight "${weight.originalName}" in the shape this version uses, so it was not loaded.`,
      hint: 'Train the model again; its plan says how it was made.',
      details: { weight: weight.originalName },
    });
  });
  tf.tidy(() => {
    model.weights.forEach((weight, i) => {
      const source = wanted[i] as WeightArray;
      (weight.read() as Variable).assign(tf.tensor(source.data.slice(), [...source.shape]));
    });
  });
}

/** Exponential moving average of the trainable weights (Polyak & Juditsky 1992): steadier than the last step's. */
export class WeightAverage {
  private readonly decay: number;
  private readonly weights: readonly TrainableWeight[];
  private readonly average: Variable[];

  constructor(weights: readonly TrainableWeight[], decay: number) {
    this.decay = decay;
    this.weights = weights;
    this.average = weights.map((weight) => tf.tidy(() => tf.variable(weight.variable.clone(), false)));
  }

  /** How far the averages move towards the weights after step number `step` (from 1). Early steps count more, so that the start is soon forgotten. */
  mixAt(step: number): number {
    return 1 - Math.min(this.decay, (1 + step) / (10 + step));
  }

  /** The average of one weight. */
  find(name: string): Variable | undefined {
    return this.average[this.weights.findIndex((weight) => weight.name === name)];
  }

  /** Takes in the weights after step number `step`, but for those already taken in. */
  update(step: number, done: ReadonlySet<string>): void {
    const mix = this.mixAt(step);
    tf.tidy(() => {
      this.average.forEach((average, i) => {
        const { name, variable } = this.weights[i] as TrainableWeight;
        if (done.has(name)) return;
        average.assign(average.add(tf.sub(variable, average).mul(mix)));
      });
    });
  }

  /** Runs `body` with the averages in place of the weights, then puts the weights back. */
  async withAverages<T>(body: () => Promise<T>): Promise<T> {
    const kept = this.weights.map((weight) => weight.variable.clone());
    const put = (source: readonly Tensor[]): void =>
      this.weights.forEach((weight, i) => {
        weight.variable.assign(tf.clone(source[i] as Tensor));
      });
    tf.tidy(() => put(this.average));
    try {
      return await body();
    } finally {
      tf.tidy(() => put(kept));
      tf.dispose(kept);
    }
  }

  read(): Float32Array[] {
    return this.average.map((average) => Float32Array.from(average.dataSync()));
  }

  write(values: readonly Float32Array[]): void {
    tf.tidy(() => {
      this.average.forEach((average, i) => {
        average.assign(tf.tensor((values[i] as Float32Array).slice(), average.shape));
      });
    });
  }

  dispose(): void {
    tf.dispose(this.average);
  }
}
