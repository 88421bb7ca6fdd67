/** All migrations, oldest first. A new one is a file beside this and a line here. */
import { initialMigration } from './0001-initial.migration.ts';
import { linesOfSuggestionsMigration } from './0002-lines-of-suggestions.migration.ts';
import { annotationDetailsMigration } from './0003-annotation-details.migration.ts';
import { auditMigration } from './0004-audit.migration.ts';
import { confirmedLabelsMigration } from './0005-confirmed-labels.migration.ts';
import { metadataMigration } from './0006-metadata.migration.ts';
import { largeGesturesMigration } from './0007-large-gestures.migration.ts';
import { suggestionsOfDeletedClassesMigration } from './0008-suggestions-of-deleted-classes.migration.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  initialMigration,
  linesOfSuggestionsMigration,
  annotationDetailsMigration,
  auditMigration,
  confirmedLabelsMigration,
  metadataMigration,
  largeGesturesMigration,
  suggestionsOfDeletedClassesMigration,
];

/** The newest shape this version of the studio knows. */
export const latestVersion: number = migrations.at(-1)?.version ?? 0;
