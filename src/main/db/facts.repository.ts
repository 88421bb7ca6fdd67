/** Facts of photographs that an audit read from their files, under the content hash: a moved or copied file is not read again. */
import { inArray } from 'drizzle-orm';
import { type ImageFacts, imageFactsSchema } from '../../core/audit/image-facts.ts';
import type { Connection } from './connection.ts';
import { inChunks } from './images.repository.ts';
import { imageFacts } from './schema.ts';

export interface FactsRepository {
  /** Facts by content hash; what is missing, or was written by another version, is left out. */
  list(hashes: readonly string[]): Map<string, ImageFacts>;
  save(hash: string, facts: ImageFacts): void;
}

export function createFactsRepository({ db }: Connection): FactsRepository {
  return {
    list: (hashes) =>
      new Map(
        inChunks([...new Set(hashes)], (part) =>
          db.select().from(imageFacts).where(inArray(imageFacts.hash, part)).all(),
        ).flatMap(({ hash, facts }) => {
          const parsed = imageFactsSchema.safeParse(facts);
          return parsed.success ? [[hash, parsed.data] as const] : [];
        }),
      ),
    save: (hash, facts) =>
      void db
        .insert(imageFacts)
        .values({ hash, facts })
        .onConflictDoUpdate({ target: imageFacts.hash, set: { facts } })
        .run(),
  };
}
