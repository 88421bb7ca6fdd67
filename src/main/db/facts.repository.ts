/** Facts of photographs that an audit read from their files, under the content hash: a moved or copied file is not read again. */
import { type ImageFacts, imageFactsSchema } from '../../core/audit/image-facts.ts';
import type { Connection } from './connection.ts';
import { inChunks } from './images.repository.ts';

export interface FactsRepository {
  /** Facts by content hash; what is missing, or was written by another version, is left out. */
  list(hashes: readonly string[]): Map<string, ImageFacts>;
  save(hash: string, facts: ImageFacts): void;
}

/** An audit asks for those of every photograph, so nothing is built for a query and no row is kept beside what is read of it. */
export function createFactsRepository({ sqlite }: Connection): FactsRepository {
  const some = sqlite.prepare<[string], { hash: string; facts: string }>(
    'SELECT hash, facts FROM image_facts WHERE hash IN (SELECT value FROM json_each(?))',
  );
  const save = sqlite.prepare(
    'INSERT INTO image_facts (hash, facts) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET facts = excluded.facts',
  );
  return {
    list: (hashes) =>
      new Map(
        inChunks([...new Set(hashes)], (part) =>
          some.all(JSON.stringify(part)).flatMap(({ hash, facts }) => {
            const parsed = imageFactsSchema.safeParse(JSON.parse(facts));
            return parsed.success ? [[hash, parsed.data] as const] : [];
          }),
        ),
      ),
    save: (hash, facts) => void save.run(hash, JSON.stringify(facts)),
  };
}
