/** Divides the photographs of a project as a request says, and says what follows; writes nothing. */
import {
  computeSplit,
  describeSplit,
  type SplitRequest,
  type SplitSummary,
} from '../../../core/audit/split-plan.ts';
import { AppError } from '../../../core/errors.ts';
import type { Split } from '../../../core/records.ts';
import type { ProjectRows } from '../../db/project-reader.ts';
import { listPlaced } from './chains.ts';

/** A split before it is applied. */
interface SplitPlan {
  readonly sides: ReadonlyMap<string, Split>;
  readonly summary: SplitSummary;
}

/** Throws `split/impossible` when the request asks for what cannot be. */
export function planSplit(project: ProjectRows, request: SplitRequest): SplitPlan {
  const images = listPlaced(project);
  const sides = divide(images, request, project.settings.get().isTestLocked);
  const classNames = new Map(project.classes.list().map(({ id, name }) => [id, name]));
  return {
    sides: new Map(images.map(({ id }, i) => [id, sides[i] ?? 'train'])),
    summary: describeSplit(
      images.map((image, i) => ({ ...image, split: sides[i] ?? null })),
      classNames,
    ),
  };
}

function divide(
  images: ReturnType<typeof listPlaced>,
  request: SplitRequest,
  isTestLocked: boolean,
): Split[] {
  try {
    return computeSplit(images, request, isTestLocked);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError({
      code: 'split/impossible',
      message: `This split cannot be made: ${error.message}. Nothing was changed.`,
      hint: 'Choose shares that sum to 100 % at most and a group that has photographs, or unlock the test side.',
      details: { ...request },
      cause: error,
    });
  }
}
