/** The training loop: fit, step, evaluate, save, restore. Everything else (rate, curves, best weights, cancel) is a callback. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import type { Metrics } from '../../core/records.ts';
import { AdamOptimizer } from '../backends/adam-optimizer.ts';
import type { StepTail } from '../backends/dense-adam.ts';
import { FactoredGradients, listWideWeights } from '../backends/factored-gradients.ts';
import { withPrecision } from '../backends/native-half.ts';
import { type LayersModel, type Scalar, type Tensor, tf, type Variable } from '../backends/tf.ts';
import type { StepRandom } from '../parts/seeded-dropout.layer.ts';
import type { ConfiguredRecipe } from '../recipes/recipe.ts';
import type { TrainingSchedule } from '../recipes/training-schedule.ts';
import { type BatchLoader, toTensors } from './batches.ts';
import type { Checkpoint } from './model-files.ts';
import { computeDoneFrac, type RunLength } from './schedule.ts';
import { listTrainable, readWeights, type TrainableWeight, WeightAverage, writeWeights } from './weights.ts';

/** Where a run stands. Callbacks read it; only the loop writes, except `stop` and `best`. */
export interface LoopState {
  /** Steps taken. */
  step: number;
  visits: number;
  /** Time in the loop, evaluations and earlier parts of a resumed run counted. */
  elapsedMs: number;
  doneFrac: number;
  epoch: number;
  /** Set by a callback to end the run after this step. */
  stop: boolean;
  best: { value: number; step: number; evaluationsSince: number } | null;
  bestWeights: Float32Array[] | null;
  lastMetrics: Metrics | null;
  evaluateMs: number;
}

/** What may be hung into the loop. Methods are called in the order of the list. */
export interface LoopCallback {
  /** Everything of the steps before, evaluations too, is done: the place to save. */
  beforeStep?(state: LoopState, optimizer: AdamOptimizer): void | Promise<void>;
  /** `losses`: `total` and the recipe's parts. */
  afterStep?(state: LoopState, losses: Readonly<Record<string, number>>): void | Promise<void>;
  afterEvaluation?(state: LoopState, metrics: Metrics, learner: Learner): void | Promise<void>;
}

export interface LearnerOptions {
  readonly model: LayersModel;
  readonly recipe: ConfiguredRecipe;
  readonly schedule: TrainingSchedule;
  readonly loader: BatchLoader;
  readonly random: StepRandom;
  readonly length: RunLength;
  readonly epochVisits: number;
  /** Null: nothing to evaluate on. */
  readonly evaluate: (() => Promise<Metrics>) | null;
  /** Evaluations over the whole run; on a budget fewer where they would take more than a tenth of it. */
  readonly evaluations: number;
  /** About how long one takes, before the first; 0 or left out: not known. */
  readonly evaluateMs?: number;
  readonly callbacks: readonly LoopCallback[];
  readonly nowMs: () => number;
}

/** Time kept for saving the model, on a budget. */
const SAVE_MS = 400;
/** On a budget, no more of it than this is spent on judging along the way. */
const JUDGING_SHARE = 0.1;
/** And no more than this is kept for judging at the end: where judging takes longer than training, it comes on top. */
const KEPT_SHARE = 0.3;

export class Learner {
  readonly state: LoopState;
  readonly model: LayersModel;
  private readonly o: LearnerOptions;
  private readonly optimizer: AdamOptimizer;
  private readonly weights: readonly TrainableWeight[];
  /** All that makes up a model's verdict: trained weights, then what only follows, as running statistics do. */
  private readonly variables: readonly Variable[];
  private readonly byName: Readonly<Record<string, Variable>>;
  private readonly average: WeightAverage | null;
  private readonly factored: FactoredGradients;
  private length: RunLength;
  private startMs = 0;
  /** On a budget the part done may shrink a little when an evaluation took longer than thought: no mark counts twice. */
  private marksPassed = 0;

  constructor(options: LearnerOptions) {
    this.o = options;
    this.model = options.model;
    this.length = options.length;
    this.weights = listTrainable(options.model);
    this.variables = [
      ...this.weights.map(({ variable }) => variable),
      ...options.model.nonTrainableWeights.map((weight) => weight.read() as Variable),
    ];
    this.byName = Object.fromEntries(this.weights.map(({ name, variable }) => [name, variable]));
    this.optimizer = new AdamOptimizer({ learningRate: options.schedule.peakRate });
    const { averageDecay } = options.schedule;
    this.average = averageDecay > 0 ? new WeightAverage(this.weights, averageDecay) : null;
    // Learning from chosen cells may use a layer more than once.
    this.factored = new FactoredGradients(
      options.recipe.cells === undefined ? listWideWeights(options.model) : [],
    );
    this.state = {
      step: 0,
      visits: 0,
      elapsedMs: 0,
      doneFrac: 0,
      epoch: 0,
      stop: false,
      best: null,
      bestWeights: null,
      lastMetrics: null,
      evaluateMs: options.evaluateMs ?? 0,
    };
  }

  /** Trains to the end of the schedule, the time or the patience, evaluating on the way and at the end; puts the best weights in place. */
  async fit(): Promise<void> {
    const { state } = this;
    this.startMs = this.o.nowMs() - state.elapsedMs;
    this.tick();
    while (state.doneFrac < 1 && !state.stop) {
      await this.takeStep();
      if (!this.isEvaluationDue()) continue;
      this.marksPassed = this.countMarks();
      await this.evaluate();
      // On a budget the clock went on, and marks lie as far apart as an evaluation is long.
      this.marksPassed = Math.max(this.marksPassed, this.countMarks());
    }
    await this.o.loader.close();
    if (state.bestWeights !== null) this.putVariables(state.bestWeights);
    else if (this.average !== null) this.putVariables(this.average.read());
  }

  /** One batch: losses, gradients, one move of the weights. Throws `training/diverged` when the loss is no longer a number. */
  async takeStep(): Promise<void> {
    const { state } = this;
    const batch = await this.o.loader.take(state.step);
    // Messages (a cancel among them) are only heard between turns.
    await nextTurn();
    this.o.random.step = state.step;
    for (const callback of this.o.callbacks) await callback.beforeStep?.(state, this.optimizer);
    const { inputs, targets } = toTensors(batch);
    const losses = this.applyBatch(inputs, targets);
    tf.dispose([inputs, targets]);
    state.step++;
    state.visits += batch.images;
    this.tick();
    if (!Object.values(losses).every(Number.isFinite)) throw diverged(state.step, losses);
    for (const callback of this.o.callbacks) await callback.afterStep?.(state, losses);
  }

  /** Metrics of the averaged weights, told to the callbacks. */
  async evaluate(): Promise<void> {
    const { evaluate } = this.o;
    if (evaluate === null) return;
    const { state } = this;
    const beganMs = this.o.nowMs();
    await this.withAverages(async () => {
      const metrics = await evaluate();
      state.lastMetrics = metrics;
      for (const callback of this.o.callbacks) await callback.afterEvaluation?.(state, metrics, this);
    });
    state.evaluateMs = this.o.nowMs() - beganMs;
    this.tick();
  }

  /** Everything needed to go on from here with the same numbers. */
  save(run: string): Checkpoint {
    const { state } = this;
    const arrays = new Map<string, Float32Array>();
    for (const weight of readWeights(this.model)) arrays.set(`weight/${weight.name}`, weight.data);
    for (const [name, { m, v }] of Object.entries(this.optimizer.saveState().slots)) {
      arrays.set(`mean/${name}`, m);
      arrays.set(`square/${name}`, v);
    }
    this.average?.read().forEach((data, i) => {
      arrays.set(`average/${i}`, data);
    });
    state.bestWeights?.forEach((data, i) => {
      arrays.set(`best/${i}`, data);
    });
    const head = {
      run,
      step: state.step,
      elapsedMs: state.elapsedMs,
      epochsTold: state.epoch,
      best: state.best,
    };
    return { head, arrays };
  }

  /** Takes up a saved run. The model must be built as it was. */
  restore({ head, arrays }: Checkpoint): void {
    const { state } = this;
    const shapes = readWeights(this.model);
    writeWeights(
      this.model,
      shapes.map((weight) => ({ ...weight, data: arrays.get(`weight/${weight.name}`) ?? weight.data })),
    );
    const slots: Record<string, { m: Float32Array; v: Float32Array }> = {};
    for (const { name } of this.weights) {
      const m = arrays.get(`mean/${name}`);
      const v = arrays.get(`square/${name}`);
      if (m !== undefined && v !== undefined) slots[name] = { m, v };
    }
    this.optimizer.loadState({ step: head.step, slots }, this.byName);
    const listOf = (kind: string, variables: readonly Variable[]): Float32Array[] =>
      variables.map((variable, i) => arrays.get(`${kind}/${i}`) ?? new Float32Array(variable.size));
    this.average?.write(
      listOf(
        'average',
        this.weights.map(({ variable }) => variable),
      ),
    );
    state.step = head.step;
    state.visits = head.step * this.o.schedule.batchImages;
    state.elapsedMs = head.elapsedMs;
    state.best = head.best;
    state.bestWeights = head.best === null ? null : listOf('best', this.variables);
    this.updateFractions();
    this.marksPassed = this.countMarks();
  }

  /** All numbers of the model as they are now, the trained ones first. */
  readVariables(): Float32Array[] {
    return this.variables.map((variable) => Float32Array.from(variable.dataSync()));
  }

  dispose(): void {
    this.optimizer.dispose();
    this.average?.dispose();
  }

  private applyBatch(inputs: Tensor[], targets: Record<string, Tensor>): Record<string, number> {
    const { recipe, schedule } = this.o;
    let names: string[] = [];
    let parts: Tensor | undefined;
    const variables = this.weights.map(({ variable }) => variable);
    const computeLoss = (): Scalar => {
      const result =
        recipe.cells?.apply(this.model, inputs) ??
        (this.model.apply(inputs, { training: true }) as Tensor | Tensor[]);
      const losses = recipe.computeLosses(Array.isArray(result) ? result : [result], targets);
      names = Object.keys(losses);
      parts = tf.keep(tf.stack(Object.values(losses)));
      return losses.total as Scalar;
    };
    const { value, grads } = withPrecision(schedule.precision ?? 'float32', () =>
      this.factored.watch(() => tf.variableGrads(computeLoss, variables)),
    );
    const named = Object.fromEntries(this.weights.map((w) => [w.name, grads[w.variable.name] as Tensor]));
    const keep = 1 - this.optimizer.learningRate * schedule.weightDecay;
    const done = this.optimizer.applyGradients(named, this.byName, (name) => this.planTail(name, keep));
    this.factored.release();
    if (keep < 1) {
      tf.tidy(() => {
        for (const w of this.weights)
          if (w.decays && !done.has(w.name)) w.variable.assign(w.variable.mul(keep));
      });
    }
    this.average?.update(this.state.step + 1, done);
    const read = (parts as unknown as Tensor).dataSync();
    tf.dispose([value, grads, parts as unknown as Tensor]);
    return Object.fromEntries(names.map((name, i) => [name, read[i] as number]));
  }

  /** What follows Adam's step for one weight, where the optimiser does it in the same pass. */
  private planTail(name: string, keep: number): StepTail {
    const decays = this.weights.some((weight) => weight.name === name && weight.decays);
    const variable = this.average?.find(name);
    const mix = this.average?.mixAt(this.state.step + 1) ?? 0;
    return { keep: decays ? keep : 1, average: variable === undefined ? null : { variable, mix } };
  }

  private withAverages(body: () => Promise<void>): Promise<void> {
    return this.average === null ? body() : this.average.withAverages(body);
  }

  /** Puts back what `readVariables` gave, or its beginning alone. */
  private putVariables(values: readonly Float32Array[]): void {
    tf.tidy(() => {
      values.forEach((data, i) => {
        const variable = this.variables[i] as Variable;
        variable.assign(tf.tensor(data.slice(), variable.shape));
      });
    });
  }

  private isEvaluationDue(): boolean {
    return this.state.stop || this.state.doneFrac >= 1 || this.countMarks() > this.marksPassed;
  }

  /** Evaluations that should have been made by now. */
  private countMarks(): number {
    return Math.floor(this.state.doneFrac * this.countEvaluations() + 1e-9);
  }

  private countEvaluations(): number {
    const { length, evaluations } = this.o;
    if (length.kind !== 'time' || this.state.evaluateMs === 0) return evaluations;
    return Math.max(1, Math.min(evaluations, (JUDGING_SHARE * length.budgetMs) / this.state.evaluateMs));
  }

  private tick(): void {
    this.state.elapsedMs = this.o.nowMs() - this.startMs;
    if (this.o.length.kind === 'time') {
      const { budgetMs } = this.o.length;
      const judgingMs = Math.min(this.state.evaluateMs * 1.2, KEPT_SHARE * budgetMs);
      const keptMs = this.o.evaluate === null ? SAVE_MS : SAVE_MS + judgingMs;
      this.length = { kind: 'time', budgetMs: Math.max(1, budgetMs - keptMs) };
    }
    this.updateFractions();
  }

  private updateFractions(): void {
    const { state } = this;
    state.doneFrac = computeDoneFrac(this.length, state.step, state.elapsedMs);
    state.epoch = state.visits / Math.max(1, this.o.epochVisits);
  }
}

function diverged(step: number, losses: Readonly<Record<string, number>>): AppError {
  return new AppError({
    code: 'training/diverged',
    message: `The loss stopped being a number at step ${step}, so training ended without a model. Labels are not affected.`,
    hint: 'Train again with a lower learning rate.',
    details: { step, losses: Object.fromEntries(Object.entries(losses).map(([k, v]) => [k, String(v)])) },
  });
}
