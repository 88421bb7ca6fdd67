/**
 * The first shape of a project. Counts that a window shows after every gesture live in `tallies` and are kept by triggers, so that
 * reading them costs the same with a hundred boxes and with a hundred thousand.
 */
import type { Migration } from './migration.ts';

const tables = `
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE images (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  raw_width_px INTEGER NOT NULL,
  raw_height_px INTEGER NOT NULL,
  orientation INTEGER NOT NULL,
  width_px INTEGER NOT NULL,
  height_px INTEGER NOT NULL,
  captured_at_ms INTEGER,
  group_name TEXT,
  split TEXT CHECK (split IN ('train', 'valid', 'test')),
  state TEXT NOT NULL CHECK (state IN ('unseen', 'empty', 'labelled', 'reviewed')),
  problem TEXT,
  file_bytes INTEGER NOT NULL,
  modified_at_ms INTEGER NOT NULL
);
CREATE INDEX images_by_hash ON images (hash);
CREATE INDEX images_by_state ON images (state, path);

CREATE TABLE classes (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  color TEXT NOT NULL,
  key TEXT,
  scientific_name TEXT,
  position INTEGER NOT NULL
);

CREATE TABLE boxes (
  id TEXT PRIMARY KEY,
  image_id TEXT NOT NULL REFERENCES images (id) DEFERRABLE INITIALLY DEFERRED,
  class_id TEXT NOT NULL REFERENCES classes (id) DEFERRABLE INITIALLY DEFERRED,
  x REAL NOT NULL,
  y REAL NOT NULL,
  w REAL NOT NULL CHECK (w > 0),
  h REAL NOT NULL CHECK (h > 0),
  source TEXT NOT NULL CHECK (source IN ('person', 'model', 'import')),
  model_id TEXT,
  score REAL,
  attributes TEXT NOT NULL,
  head TEXT,
  tail TEXT
);
CREATE INDEX boxes_by_image ON boxes (image_id);
CREATE INDEX boxes_by_class ON boxes (class_id, image_id);

CREATE TABLE changes (
  revision INTEGER PRIMARY KEY AUTOINCREMENT,
  gesture_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')),
  of_id TEXT,
  label TEXT NOT NULL,
  image_id TEXT,
  source TEXT NOT NULL CHECK (source IN ('person', 'model', 'import')),
  author TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  diffs TEXT NOT NULL
);

CREATE TABLE models (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  recipe TEXT NOT NULL,
  recipe_version INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  plan TEXT NOT NULL,
  seed INTEGER NOT NULL,
  class_ids TEXT NOT NULL,
  backbone_hash TEXT NOT NULL,
  backend TEXT NOT NULL,
  code_version TEXT NOT NULL,
  metrics TEXT,
  weights_hash TEXT NOT NULL,
  epochs REAL NOT NULL,
  train_ms REAL NOT NULL,
  images_per_s REAL NOT NULL,
  created_at_ms INTEGER NOT NULL,
  notes TEXT NOT NULL,
  pinned INTEGER NOT NULL
);

CREATE TABLE predictions (
  id TEXT PRIMARY KEY,
  model_id TEXT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  image_id TEXT NOT NULL REFERENCES images (id),
  class_id TEXT NOT NULL REFERENCES classes (id) ON DELETE CASCADE,
  x REAL NOT NULL,
  y REAL NOT NULL,
  w REAL NOT NULL CHECK (w > 0),
  h REAL NOT NULL CHECK (h > 0),
  score REAL NOT NULL,
  uncertainty REAL NOT NULL,
  probabilities TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'adjusted', 'rejected', 'unsure')),
  box_id TEXT,
  hidden INTEGER NOT NULL
);
CREATE INDEX predictions_by_image ON predictions (image_id, model_id);
CREATE INDEX predictions_by_class ON predictions (class_id);
CREATE INDEX predictions_least_sure ON predictions (model_id, status, hidden, uncertainty DESC, id);
CREATE INDEX predictions_by_score ON predictions (model_id, status, hidden, score DESC, id);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  input TEXT NOT NULL,
  result TEXT
);
CREATE INDEX jobs_by_time ON jobs (created_at_ms);

CREATE TABLE curve_points (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  point TEXT NOT NULL,
  PRIMARY KEY (job_id, position)
) WITHOUT ROWID;

CREATE TABLE tallies (key TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
`;

/** One statement that moves a tally, for use inside a trigger. `key` is an SQL expression. */
function move(key: string, by: 1 | -1, when = '1'): string {
  return `INSERT INTO tallies (key, n) SELECT ${key}, ${by} WHERE ${when} ON CONFLICT (key) DO UPDATE SET n = n + ${by};`;
}

const offered = (row: 'OLD' | 'NEW'): string => `${row}.status = 'pending' AND ${row}.hidden = 0`;

const triggers = `
CREATE TRIGGER images_added AFTER INSERT ON images BEGIN
  ${move("'images'", 1)} ${move("'state:' || NEW.state", 1)} ${move("'problems'", 1, 'NEW.problem IS NOT NULL')}
END;
CREATE TRIGGER images_removed AFTER DELETE ON images BEGIN
  ${move("'images'", -1)} ${move("'state:' || OLD.state", -1)} ${move("'problems'", -1, 'OLD.problem IS NOT NULL')}
END;
CREATE TRIGGER images_changed AFTER UPDATE OF state, problem ON images BEGIN
  ${move("'state:' || OLD.state", -1)} ${move("'problems'", -1, 'OLD.problem IS NOT NULL')}
  ${move("'state:' || NEW.state", 1)} ${move("'problems'", 1, 'NEW.problem IS NOT NULL')}
END;
CREATE TRIGGER boxes_added AFTER INSERT ON boxes BEGIN ${move("'boxes'", 1)} ${move("'class:' || NEW.class_id", 1)} END;
CREATE TRIGGER boxes_removed AFTER DELETE ON boxes BEGIN ${move("'boxes'", -1)} ${move("'class:' || OLD.class_id", -1)} END;
CREATE TRIGGER boxes_renamed AFTER UPDATE OF class_id ON boxes BEGIN
  ${move("'class:' || OLD.class_id", -1)} ${move("'class:' || NEW.class_id", 1)}
END;
CREATE TRIGGER models_added AFTER INSERT ON models BEGIN ${move("'models'", 1)} END;
CREATE TRIGGER models_removed AFTER DELETE ON models BEGIN ${move("'models'", -1)} END;
CREATE TRIGGER predictions_added AFTER INSERT ON predictions BEGIN
  ${move("'pending:' || NEW.model_id", 1, offered('NEW'))}
END;
CREATE TRIGGER predictions_removed AFTER DELETE ON predictions BEGIN
  ${move("'pending:' || OLD.model_id", -1, offered('OLD'))}
END;
CREATE TRIGGER predictions_changed AFTER UPDATE OF status, hidden ON predictions BEGIN
  ${move("'pending:' || OLD.model_id", -1, offered('OLD'))}
  ${move("'pending:' || NEW.model_id", 1, offered('NEW'))}
END;
`;

export const initialMigration: Migration = { version: 1, name: 'initial', sql: tables + triggers };
