/**
 * What a person says beyond class and place: which box lies on top, which is locked, what is known of a photograph (a note, flags, how
 * many millimetres a pixel is) and which attributes the boxes of a class have. All of it may be missing, and mostly is.
 */
import type { Migration } from './migration.ts';

export const annotationDetailsMigration: Migration = {
  version: 3,
  name: 'annotation details',
  sql: `
ALTER TABLE boxes ADD COLUMN z REAL;
ALTER TABLE boxes ADD COLUMN locked INTEGER;
ALTER TABLE images ADD COLUMN note TEXT;
ALTER TABLE images ADD COLUMN flags TEXT;
ALTER TABLE images ADD COLUMN mm_per_px REAL;
ALTER TABLE classes ADD COLUMN attributes TEXT;
CREATE INDEX images_flagged ON images (flags) WHERE flags IS NOT NULL;
`,
};
