/** The counts that triggers keep, read by key: what a window shows after every gesture without counting anything. */
import type { Connection } from './connection.ts';

export interface TalliesRepository {
  /** 0 for a key never counted. Keys: images, boxes, models, problems, `state:S`, `class:ID`, `pending:MODEL`. */
  get(key: string): number;
  /** For the few counts that no trigger keeps: `predicted:MODEL`, images a model has looked at. */
  set(key: string, n: number): void;
  /** Counts of boxes by class id. */
  boxesByClass(): Map<string, number>;
}

export function createTalliesRepository({ sqlite }: Connection): TalliesRepository {
  const get = sqlite.prepare<[string], { n: number }>('SELECT n FROM tallies WHERE key = ?');
  const classes = sqlite.prepare<[], { key: string; n: number }>(
    "SELECT key, n FROM tallies WHERE key >= 'class:' AND key < 'class;'",
  );
  const set = sqlite.prepare(
    'INSERT INTO tallies (key, n) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET n = excluded.n',
  );
  return {
    set: (key, n) => void set.run(key, n),
    get: (key) => get.get(key)?.n ?? 0,
    boxesByClass: () => new Map(classes.all().map(({ key, n }) => [key.slice('class:'.length), n])),
  };
}
