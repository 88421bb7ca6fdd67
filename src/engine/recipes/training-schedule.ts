/** What a recipe plans for a training: steps, rate, what is kept, and what each step's batch is made of. */
import type { Precision } from '../backends/native-half.ts';

/** Parts of each step's photographs besides the labelled ones in their own order; each stream is drawn in an order of its own. */
export interface BatchMix {
  /** Labelled ones again, rare classes more often. 0..0.5. */
  readonly second: number;
  /** Photographs that nobody labelled. 0..0.5. */
  readonly pseudo: number;
}

/** How long and how fast to learn. */
export interface TrainingSchedule {
  readonly batchImages: number;
  /** Steps without a time budget. */
  readonly steps: number;
  readonly shape: 'one-cycle' | 'stepped';
  /** Highest learning rate. */
  readonly peakRate: number;
  /** Decoupled weight decay a step, times the learning rate (Loshchilov & Hutter 2019). */
  readonly weightDecay: number;
  /** Decay of the moving average of weights; 0 keeps none. */
  readonly averageDecay: number;
  /** Evaluations over the whole run; left out, as many as suit a cheap head. */
  readonly evaluations?: number;
  /** Evaluations without improvement before training ends; null never. */
  readonly patience: number | null;
  /** The metric whose best weights are kept, with the direction that is better. */
  readonly best: { readonly metric: string; readonly higher: boolean };
  /** Share of extra visits for images of rare classes: 0 none, 1 all classes equally often. */
  readonly rareBoost: number;
  /** How convolutions and wide layers multiply in a step; left out, in full. Judging is always in full. */
  readonly precision?: Precision;
  /** Steps that learn from each copy of a photograph that is not stored; left out, one. Not with a mix. */
  readonly echoes?: number;
  /** Left out: labelled photographs alone, one stream. */
  readonly mix?: BatchMix;
}
