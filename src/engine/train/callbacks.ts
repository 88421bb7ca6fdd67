/** What hangs in the training loop: rate, curves and progress, best weights, early end, cancel, checkpoint. One job each. */
import type { CurvePoint, JobProgress } from '../../core/jobs.ts';
import type { TrainingSchedule } from '../recipes/training-schedule.ts';
import { throwIfCancelled } from './cancel.ts';
import type { LoopCallback } from './learner.ts';
import { computeRate } from './schedule.ts';

/** Ends the run with `job/cancelled` before the next step. */
export function cancelOn(signal: AbortSignal | undefined): LoopCallback {
  return { beforeStep: () => throwIfCancelled(signal) };
}

/** Sets the learning rate of each step. */
export function followSchedule(schedule: TrainingSchedule): LoopCallback {
  return {
    beforeStep: (state, optimizer) => {
      optimizer.learningRate = computeRate(schedule.shape, schedule.peakRate, state.doneFrac);
    },
  };
}

const PROGRESS_EVERY_MS = 100;

/** How far the run is, at most ten times a second. `done` and `total` count per mille of the run: it may end by time. */
export function tellProgress(onProgress: ((progress: JobProgress) => void) | undefined): LoopCallback {
  let lastMs = Number.NEGATIVE_INFINITY;
  let furthest = 0;
  // On a budget the part done shrinks a little where judging took longer than thought: nobody is told that work went backwards.
  const tell = (doneFrac: number, etaMs: number | null): void => {
    furthest = Math.max(furthest, Math.round(doneFrac * 1000));
    onProgress?.({ phase: 'train', done: furthest, total: 1000, unit: '‰', etaMs });
  };
  return {
    afterStep: (state) => {
      if (state.elapsedMs - lastMs < PROGRESS_EVERY_MS && state.doneFrac < 1) return;
      lastMs = state.elapsedMs;
      const { doneFrac, elapsedMs } = state;
      tell(doneFrac, doneFrac <= 0.005 ? null : Math.max(0, (elapsedMs * (1 - doneFrac)) / doneFrac));
    },
    // A run that ends early is done, too.
    afterEvaluation: (state) => {
      if (state.stop) tell(1, 0);
    },
  };
}

const CURVE_EVERY_MS = 400;
/** A quick run has a curve, too: a point each fortieth of it at least. */
const CURVE_EVERY_FRAC = 1 / 40;

/** Curve points: mean losses since the last point, the rate, and after an evaluation every metric that has a figure. */
export function tellCurve(
  schedule: TrainingSchedule,
  onCurve: ((point: CurvePoint) => void) | undefined,
): LoopCallback {
  let sums: Record<string, number> = {};
  let count = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastFrac = Number.NEGATIVE_INFINITY;
  return {
    afterStep: (state, losses) => {
      for (const [name, value] of Object.entries(losses)) sums[name] = (sums[name] ?? 0) + value;
      count++;
      const isSoon =
        state.elapsedMs - lastMs < CURVE_EVERY_MS && state.doneFrac - lastFrac < CURVE_EVERY_FRAC;
      if (isSoon && state.doneFrac < 1) return;
      lastMs = state.elapsedMs;
      lastFrac = state.doneFrac;
      const values = Object.fromEntries(
        Object.entries(sums).map(([name, sum]) => [`loss/${name}`, sum / count]),
      );
      values.lr = computeRate(schedule.shape, schedule.peakRate, state.doneFrac);
      sums = {};
      count = 0;
      onCurve?.({ step: state.step, epoch: state.epoch, elapsedMs: state.elapsedMs, values });
    },
    afterEvaluation: (state, metrics) => {
      const values: Record<string, number> = {};
      for (const [name, value] of Object.entries(metrics))
        if (name !== 'n' && typeof value === 'number') values[`valid/${name}`] = value;
      onCurve?.({ step: state.step, epoch: state.epoch, elapsedMs: state.elapsedMs, values });
    },
  };
}

/** Remembers the weights of the best evaluation; an equal later one wins, it has seen more. */
export function keepBest(schedule: TrainingSchedule): LoopCallback {
  const key = schedule.best.metric.replace(/^valid\//, '');
  return {
    afterEvaluation: (state, metrics, learner) => {
      const value = (metrics as unknown as Record<string, unknown>)[key];
      if (typeof value !== 'number') return;
      const better =
        state.best === null || (schedule.best.higher ? value >= state.best.value : value <= state.best.value);
      if (better) {
        state.best = { value, step: state.step, evaluationsSince: 0 };
        state.bestWeights = learner.readVariables();
      } else if (state.best !== null) {
        state.best = { ...state.best, evaluationsSince: state.best.evaluationsSince + 1 };
      }
    },
  };
}

/** Ends the run when so many evaluations brought nothing better. */
export function endWithoutGain(schedule: TrainingSchedule): LoopCallback {
  return {
    afterEvaluation: (state) => {
      const since = state.best?.evaluationsSince ?? 0;
      if (schedule.patience !== null && since >= schedule.patience) state.stop = true;
    },
  };
}

const CHECKPOINT_EVERY_MS = 10_000;
/** The first checkpoint comes sooner, as a share of the time between two: most runs are short. */
const FIRST_CHECKPOINT_SHARE = 0.2;

/** Saves the run now and then: what a kill can cost. */
export function saveNowAndThen(
  save: () => Promise<void>,
  nowMs: () => number,
  everyMs = CHECKPOINT_EVERY_MS,
): LoopCallback {
  let dueMs = nowMs() + everyMs * FIRST_CHECKPOINT_SHARE;
  return {
    beforeStep: async () => {
      if (nowMs() < dueMs) return;
      await save();
      dueMs = nowMs() + everyMs;
    },
  };
}
