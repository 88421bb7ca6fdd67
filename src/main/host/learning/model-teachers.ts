/** From which labels a model's knowledge comes: its own, those of models it is made of or asks, and of models whose verdicts it learnt from. */
import path from 'node:path';
import { z } from 'zod';
import type { ModelRecord } from '../../../core/records.ts';
import type { OpenProject } from '../open-project.ts';
import { findTrainingSet } from './training-set.ts';

const borrowedSchema = z.object({
  members: z.string().optional(),
  pseudoShare: z.number().optional(),
  pseudoModel: z.string().optional(),
  detector: z.string().optional(),
  turner: z.string().optional(),
});

/** Ids of the models that a model with these settings learns from, asks or is made of; empty for most. */
export function listTeacherIds(parameters: Readonly<Record<string, unknown>>): string[] {
  const { members, pseudoShare, pseudoModel, detector, turner } = borrowedSchema.catch({}).parse(parameters);
  const joined = (members ?? '').split(',').map((id) => id.trim());
  const taught = (pseudoShare ?? 0) > 0 && pseudoModel !== undefined ? [pseudoModel] : [];
  return [...joined, ...taught, detector ?? '', turner ?? ''].filter((id) => id !== '');
}

/**
 * Ids and content hashes of all photographs whose labels have gone into a model, through however many others. `unknown`: a model whose
 * list is not there any more, so that nobody can tell.
 */
export function listTaughtPhotographs(
  project: OpenProject,
  model: ModelRecord,
): {
  readonly ids: ReadonlySet<string>;
  readonly hashes: ReadonlySet<string>;
  readonly unknown: string | null;
} {
  const ids = new Set<string>();
  const hashes = new Set<string>();
  const seen = new Set<string>();
  const queue = [model.id];
  let unknown: string | null = null;
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const record = project.db.models.find(id);
    const set = findTrainingSet(path.join(project.modelsDir, id));
    if (record === undefined || set === undefined) {
      unknown ??= record?.name ?? id;
      continue;
    }
    for (const { image, split } of set.samples) {
      if (split !== 'train') continue;
      ids.add(image.id);
      hashes.add(image.hash);
    }
    queue.push(...listTeacherIds(record.parameters));
  }
  return { ids, hashes, unknown };
}
