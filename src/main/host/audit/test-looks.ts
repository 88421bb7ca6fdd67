/** The test side: how often a model was judged on it, and that a locked one does not change. */
import { AppError } from '../../../core/errors.ts';
import type { Split } from '../../../core/records.ts';
import type { ProjectDatabase } from '../../db/project-database.ts';

/** Counts a look at the test side: each one makes its figure a little less honest. */
export function countTestLook({ db }: { readonly db: ProjectDatabase }): void {
  db.transaction(() => db.settings.save({ testLooks: db.settings.get().testLooks + 1 }));
}

/** Throws `split/test-locked` when an image would join or leave a locked test side. */
export function checkTestLock(db: ProjectDatabase, before: Split | null, after: Split | null): void {
  if (before === after || (before !== 'test' && after !== 'test') || !db.settings.isTestLocked()) return;
  throw new AppError({
    code: 'split/test-locked',
    message: 'The test side is locked, so no photograph may join or leave it. Nothing was changed.',
    hint: 'Unlock it in the Data place first; figures of earlier models are then no longer comparable.',
  });
}
