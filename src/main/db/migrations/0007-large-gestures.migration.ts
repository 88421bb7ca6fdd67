/**
 * An import of a million boxes is one gesture, yet no single transaction and no single text may hold it: its diffs are kept in parts, each
 * applied by a transaction of its own. A part of an undo names the part that it takes back instead of repeating it.
 */
import type { Migration } from './migration.ts';

export const largeGesturesMigration: Migration = {
  version: 7,
  name: 'large gestures',
  sql: `
CREATE TABLE change_parts (
  gesture_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  diffs TEXT,
  of_id TEXT,
  of_position INTEGER,
  inverted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (gesture_id, position)
);
`,
};
