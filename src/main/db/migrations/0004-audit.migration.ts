/**
 * What the audit of a project knows: which photographs are near-duplicates of each other (`chain`), which of them a person dropped as copies
 * (`copy_of`: left out of training and judging, never deleted), and facts of each file, read once and kept under its content hash.
 */
import type { Migration } from './migration.ts';

export const auditMigration: Migration = {
  version: 4,
  name: 'audit',
  sql: `
ALTER TABLE images ADD COLUMN chain TEXT;
ALTER TABLE images ADD COLUMN copy_of TEXT;
CREATE TABLE image_facts (hash TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX images_by_group ON images (group_name, path);
CREATE INDEX images_by_chain ON images (chain) WHERE chain IS NOT NULL;
`,
};
