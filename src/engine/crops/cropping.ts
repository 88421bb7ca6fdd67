/** How a recipe comes to look at crops instead of whole photographs: what is cut, and whose boxes it looks at again. */
import type { Canvas } from '../../core/learning.ts';

export const levelings = ['off', 'photograph', 'box'] as const;

/** A recipe's settings in the terms of what cuts and asks. */
export interface Cropping {
  /** What each crop is scaled to. */
  readonly canvas: Canvas;
  /** Surroundings on each side of a fish, as a share of its size. */
  readonly marginFrac: number;
  /** Crops without a fish from each photograph. */
  readonly backgrounds: number;
  /** Whether crops are turned so that the fish lies level: not; by one line for the photograph; by a line found in each box. */
  readonly level: (typeof levelings)[number];
  /** Id of the model whose boxes are looked at. */
  readonly detector: string;
  /** Id of the model that tells how a fish lies where nobody marked it; empty for none. */
  readonly turner: string;
  /** 0..1: how much the second look counts beside the detector, for class and score. */
  readonly trust: number;
}
