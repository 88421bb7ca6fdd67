/** What a person's own tables say of a photograph (vessel, depth, observer): JSON of column → value, mostly missing. */
import type { Migration } from './migration.ts';

export const metadataMigration: Migration = {
  version: 6,
  name: 'metadata of photographs',
  sql: 'ALTER TABLE images ADD COLUMN metadata TEXT;',
};
