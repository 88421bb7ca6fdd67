/**
 * A label that a person looked at again when a model disagreed, and left as it is, under the class named here. It is not asked about again
 * until it gets another class.
 */
import type { Migration } from './migration.ts';

export const confirmedLabelsMigration: Migration = {
  version: 5,
  name: 'confirmed labels',
  sql: 'ALTER TABLE boxes ADD COLUMN confirmed_as TEXT;',
};
