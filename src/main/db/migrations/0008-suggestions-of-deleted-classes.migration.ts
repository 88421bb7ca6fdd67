/**
 * A class may be deleted while models still suggest it. Its suggestions have nothing left to suggest and go with it, but deleting is a
 * gesture that can be undone: they are put aside, and are there again with the class. What a model's or a photograph's end took in the
 * meantime stays gone.
 */
import type { Migration } from './migration.ts';

const columns =
  'id, model_id, image_id, class_id, x, y, w, h, score, uncertainty, probabilities, status, box_id, hidden, head, tail';

export const suggestionsOfDeletedClassesMigration: Migration = {
  version: 8,
  name: 'suggestions of deleted classes',
  sql: `
CREATE TABLE set_aside_predictions (
  id TEXT PRIMARY KEY,
  model_id TEXT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
  class_id TEXT NOT NULL,
  x REAL NOT NULL,
  y REAL NOT NULL,
  w REAL NOT NULL,
  h REAL NOT NULL,
  score REAL NOT NULL,
  uncertainty REAL NOT NULL,
  probabilities TEXT NOT NULL,
  status TEXT NOT NULL,
  box_id TEXT,
  hidden INTEGER NOT NULL,
  head TEXT,
  tail TEXT
);
CREATE INDEX set_aside_by_class ON set_aside_predictions (class_id);
CREATE INDEX set_aside_by_model ON set_aside_predictions (model_id);
CREATE INDEX set_aside_by_image ON set_aside_predictions (image_id);
CREATE TRIGGER classes_removed BEFORE DELETE ON classes BEGIN
  INSERT OR REPLACE INTO set_aside_predictions (${columns}) SELECT ${columns} FROM predictions WHERE class_id = OLD.id;
END;
CREATE TRIGGER classes_back AFTER INSERT ON classes BEGIN
  INSERT OR IGNORE INTO predictions (${columns}) SELECT ${columns} FROM set_aside_predictions WHERE class_id = NEW.id;
  DELETE FROM set_aside_predictions WHERE class_id = NEW.id;
END;
`,
};
