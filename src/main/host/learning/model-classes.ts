/** The classes of a model by name. */
import path from 'node:path';
import type { ModelRecord } from '../../../core/records.ts';
import type { OpenProject } from '../open-project.ts';
import { findTrainingSet } from './training-set.ts';

/** In the model's order, under the names they have now; a class since deleted under the name it had then. */
export function nameClasses(project: OpenProject, model: ModelRecord): { id: string; name: string }[] {
  const then = findTrainingSet(path.join(project.modelsDir, model.id))?.classes ?? [];
  const names = new Map([...then, ...project.db.classes.list()].map(({ id, name }) => [id, name]));
  return model.classIds.map((id) => ({ id, name: names.get(id) ?? id }));
}
