/** Models of head-tail say how a fish lies: what they suggest keeps its two points, so that accepting it makes a box that has them. */
import type { Migration } from './migration.ts';

export const linesOfSuggestionsMigration: Migration = {
  version: 2,
  name: 'lines of suggestions',
  sql: `
ALTER TABLE predictions ADD COLUMN head TEXT;
ALTER TABLE predictions ADD COLUMN tail TEXT;
`,
};
