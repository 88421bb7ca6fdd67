/** Facts of photographs that no audit has read yet, a few files at a time. What was read stays known, even of an audit that was stopped. */
import { availableParallelism } from 'node:os';
import type { ImageFacts } from '../../../core/audit/image-facts.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import { readFileFacts } from './read-file-facts.ts';

/** Facts under the content hash of their photographs. */
export type FactsEntry = readonly [hash: string, facts: ImageFacts];

/** Facts stored at a time. */
const batch = 64;

export interface FactsReading {
  /** Absolute path of a photograph. */
  imageFile(path: string): string;
  now(): number;
  onProgress(progress: JobProgress): void;
  /** Keeps what was read. */
  save(entries: readonly FactsEntry[]): void;
}

/** Adds what is missing to `facts`; returns how many photographs cannot be read. */
export async function ensureFacts(
  images: readonly StoredImage[],
  facts: Map<string, ImageFacts>,
  { imageFile, now, onProgress, save }: FactsReading,
): Promise<number> {
  const missing = [
    ...new Map(images.filter(({ hash }) => !facts.has(hash)).map((image) => [image.hash, image])).values(),
  ];
  const startedMs = now();
  let next = 0;
  let done = 0;
  let failed = 0;
  let fresh: FactsEntry[] = [];
  const store = (): void => {
    const entries = fresh;
    fresh = [];
    if (entries.length > 0) save(entries);
  };
  const lane = async (): Promise<void> => {
    for (let image = missing[next++]; image !== undefined; image = missing[next++]) {
      try {
        const own = await readFileFacts(imageFile(image.path));
        facts.set(image.hash, own);
        fresh.push([image.hash, own]);
      } catch {
        // A photograph that cannot be decoded is counted, and judged by nothing; the scan tells why.
        failed += 1;
      }
      done += 1;
      if (fresh.length >= batch) store();
      const etaMs = Math.round(((now() - startedMs) / done) * (missing.length - done));
      onProgress({ phase: 'Reading photographs', done, total: missing.length, unit: 'images', etaMs });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism() + 1) }, lane));
  } finally {
    store();
  }
  return failed;
}
