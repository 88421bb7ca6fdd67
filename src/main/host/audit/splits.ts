/** Train, valid and test of the open project: previewed, applied as a gesture, locked, and joined by new images. */
import type { AuditApi } from '../../../contract/audit.ts';
import { computeSplit, describeSplit, type SplitRequest } from '../../../core/audit/split-plan.ts';
import { AppError } from '../../../core/errors.ts';
import type { Split } from '../../../core/records.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { classIdsOf, shownChain } from './chains.ts';
import { changeMarks, overviewOf } from './members.ts';

type SplitsArea = Pick<AuditApi, 'previewSplit' | 'applySplit' | 'lockTest'>;

export function createSplitsArea(context: HostContext): SplitsArea {
  return {
    previewSplit: async (request) => {
      const project = context.session.require();
      const { images, sides } = divide(project, request);
      return describeSplit(
        images.map((image, i) => ({ ...image, split: sides[i] ?? null })),
        new Map(project.db.classes.list().map(({ id, name }) => [id, name])),
      );
    },
    applySplit: async ({ gestureId, request }) => {
      const project = context.session.require();
      const { images, sides } = divide(project, request);
      const marks = new Map(images.map(({ id }, i) => [id, { split: sides[i] ?? null }]));
      return changeMarks(
        context,
        project,
        { id: gestureId, label: 'Split into train, valid and test' },
        marks,
        () => project.db.settings.save({ splitRequest: request }),
      );
    },
    lockTest: async ({ isLocked }) => {
      const project = context.session.require();
      project.db.transaction(() => project.db.settings.save({ isTestLocked: isLocked }));
      return overviewOf(project);
    },
  };
}

function listPlaced(project: OpenProject) {
  const boxesByImage = Map.groupBy(project.db.boxes.listAll(), (box) => box.imageId);
  return project.db.images.listAll().map((image) => ({
    id: image.id,
    group: image.group,
    chain: shownChain(image.chain),
    split: image.split,
    classIds: classIdsOf(image, boxesByImage.get(image.id) ?? []),
  }));
}

/** Throws `split/impossible` when the request asks for what cannot be. */
function divide(
  project: OpenProject,
  request: SplitRequest,
): { images: ReturnType<typeof listPlaced>; sides: Split[] } {
  const images = listPlaced(project);
  try {
    return { images, sides: computeSplit(images, request, project.db.settings.get().isTestLocked) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError({
      code: 'split/impossible',
      message: `This split cannot be made: ${error.message}. Nothing was changed.`,
      hint: 'Choose shares that sum to 100 % at most, and a group that has photographs.',
      details: { ...request },
      cause: error,
    });
  }
}
