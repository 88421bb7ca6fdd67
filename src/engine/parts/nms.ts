/** Non-maximum suppression: of suggestions that lie on one another, the surest stays. */
import { computeIou } from '../../core/geometry.ts';
import type { CanvasDetection } from '../recipes/recipe.ts';

/** Two names for one place are left where they overlap less than this: one fish in front of another. */
export const OTHER_CLASS_IOU = 0.8;

export interface NmsOptions {
  /** IoU (0..1) above which a weaker suggestion of the same class goes. */
  readonly sameClassIou: number;
  /** The same between classes: one fish, one name. */
  readonly otherClassIou: number;
  readonly maxDetections: number;
}

/** Surest first; equal scores keep their order. */
export function suppressOverlaps<Detection extends CanvasDetection>(
  detections: readonly Detection[],
  options: NmsOptions,
): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of [...detections].sort((a, b) => b.score - a.score)) {
    if (kept.length >= options.maxDetections) break;
    const covered = kept.some((other) => {
      const cut = other.classIndex === candidate.classIndex ? options.sameClassIou : options.otherClassIou;
      return computeIou(other, candidate) > cut;
    });
    if (!covered) kept.push(candidate);
  }
  return kept;
}
