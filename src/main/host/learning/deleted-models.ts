/** Deleted models, kept whole for a while: folder, record and suggestions, so that a deletion can be taken back. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import { type ModelRecord, modelRecordSchema, predictionRecordSchema } from '../../../core/records.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { refreshHidden } from '../hidden-suggestions.ts';
import type { OpenProject } from '../open-project.ts';

/** The newest so many can be taken back. */
const kept = 5;

const fileSchema = z.object({
  model: modelRecordSchema,
  /** Images it had looked at. */
  predicted: z.number(),
  predictions: z.array(predictionRecordSchema.extend({ uncertainty: z.number(), hidden: z.boolean() })),
});

/** Beside the folder of models, so that a move stays on one disk. */
const deletedDir = (project: OpenProject): string =>
  path.join(path.dirname(project.modelsDir), 'deleted-models');
const recordFile = (dir: string): string => path.join(dir, 'deleted.json');

/** Takes a model out of the project. The caller has made sure that it is not at work. */
export function putAside(project: OpenProject, model: ModelRecord): void {
  const { db } = project;
  const images = db.images.listAll().map(({ id }) => id);
  const record = {
    model,
    predicted: db.tallies.get(`predicted:${model.id}`),
    predictions: db.predictions.listByModel(model.id, images),
  };
  const from = path.join(project.modelsDir, model.id);
  const to = path.join(deletedDir(project), model.id);
  mkdirSync(deletedDir(project), { recursive: true });
  rmSync(to, { recursive: true, force: true });
  if (existsSync(from)) renameSync(from, to);
  else mkdirSync(to);
  writeFileAtomically(recordFile(to), JSON.stringify(record));
  db.transaction(() => {
    db.models.delete(model.id);
    if (model.pinned) db.settings.save({ pinnedByPerson: false });
  });
  forgetOldest(project);
}

/** Brings it back as it was; it suggests again where it did and no other does now. Throws `model/not-deleted`. */
export function bringBack(project: OpenProject, id: string): ModelRecord {
  const { db } = project;
  // Only names that are ids: whoever asks cannot reach out of the folder.
  const from = path.join(deletedDir(project), path.basename(id));
  let record: z.infer<typeof fileSchema>;
  try {
    record = fileSchema.parse(JSON.parse(readFileSync(recordFile(from), 'utf8')));
  } catch (error) {
    throw notDeleted(id, error);
  }
  const { model, predictions, predicted } = record;
  const to = path.join(project.modelsDir, model.id);
  if (existsSync(to)) throw notDeleted(id);
  mkdirSync(project.modelsDir, { recursive: true });
  renameSync(from, to);
  rmSync(recordFile(to), { force: true });
  const knownImages = new Set(db.images.listAll().map((image) => image.id));
  const knownClasses = new Set(db.classes.list().map((entry) => entry.id));
  db.transaction(() => {
    db.models.insert({ ...model, pinned: false });
    const touched = new Set<string>();
    for (const prediction of predictions) {
      if (!knownImages.has(prediction.imageId) || !knownClasses.has(prediction.classId)) continue;
      db.predictions.insert(prediction);
      touched.add(prediction.imageId);
    }
    for (const imageId of touched) refreshHidden(db, imageId);
    db.tallies.set(`predicted:${model.id}`, predicted);
    if (model.pinned && db.models.findPinned() === undefined) db.models.pin(model.id);
  });
  return db.models.find(model.id) ?? model;
}

function forgetOldest(project: OpenProject): void {
  const dir = deletedDir(project);
  const byAge = readdirSync(dir)
    .map((name) => ({ name, atMs: statSync(path.join(dir, name)).mtimeMs }))
    .sort((a, b) => b.atMs - a.atMs);
  for (const { name } of byAge.slice(kept)) rmSync(path.join(dir, name), { recursive: true, force: true });
}

function notDeleted(id: string, cause?: unknown): AppError {
  return new AppError({
    code: 'model/not-deleted',
    message: 'No deleted model of this name is kept any more, so nothing was brought back.',
    hint: `Only the ${kept} deleted last are kept. Train it again.`,
    details: { id },
    ...(cause === undefined ? {} : { cause }),
  });
}
