/** A project whose suggestions are written by hand, so that stories about answers know what is asked: no model needs to learn for them. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { BoxRecord } from '../../src/core/records.ts';
import { computeUncertainty } from '../../src/main/db/predictions.repository.ts';
import { openProjectDatabase, type ProjectDatabase } from '../../src/main/db/project-database.ts';
import type { Host } from '../../src/main/host/host.ts';
import { writeJpeg } from './test-host.ts';

/** What the hand and the model say of one image: left, top, width, height in pixels of a 320 × 240 photograph. */
export interface ImageStory {
  readonly hand?: readonly Placed[];
  readonly model?: readonly (Placed & { readonly score: number })[];
}
export interface Placed {
  readonly classId: string;
  readonly at: readonly [x: number, y: number, w: number, h: number];
}

export const storyModelId = 'model-story';
export const storyClasses = ['cod', 'hake', 'ling'] as const;

const boxOf = ([x, y, w, h]: Placed['at']): { x: number; y: number; w: number; h: number } => ({
  x,
  y,
  w,
  h,
});

/** Makes the project in `dir`, opens it in the host, and returns the images' ids in the order of the stories. Class ids are their names. */
export async function openSuggestedProject(
  host: Host,
  dir: string,
  stories: readonly ImageStory[],
): Promise<string[]> {
  const photos = path.join(dir, 'photos');
  mkdirSync(photos, { recursive: true });
  const file = (index: number): string => `story_${String(index).padStart(2, '0')}.jpg`;
  await Promise.all(
    stories.map((_, index) => writeJpeg(path.join(photos, file(index)), index, { width: 320, height: 240 })),
  );
  const projectDir = path.join(dir, 'story.catchlight');
  const { jobId } = await host.api.createProject({ imagesDir: photos, dir: projectDir, name: 'story' });
  for await (const event of host.api.events(new AbortController().signal))
    if (event.type === 'job' && event.job.id === jobId && event.job.state.status === 'done') break;
  const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 100 });
  const ids = items.map(({ id }) => id);
  await host.api.closeProject();
  const db = openProjectDatabase(projectDir, { create: false, nowMs: 0 });
  db.transaction(() => fill(db, ids, stories));
  db.close();
  await host.api.openProject({ path: projectDir });
  return ids;
}

function fill(db: ProjectDatabase, ids: readonly string[], stories: readonly ImageStory[]): void {
  storyClasses.forEach((id, position) => {
    const color = ['#2f9e44', '#1971c2', '#e8590c'][position] ?? '#868e96';
    db.classes.insert({ id, name: id, color, key: String(position + 1), scientificName: null, position });
  });
  db.models.insert({
    id: storyModelId,
    name: 'Story model',
    recipe: 'detector',
    recipeVersion: 1,
    parameters: {},
    plan: {},
    seed: 1,
    classIds: [...storyClasses],
    backboneHash: 'none',
    backend: 'cpu',
    codeVersion: '0',
    metrics: null,
    weightsHash: 'none',
    epochs: 1,
    trainMs: 1,
    imagesPerS: 1,
    createdAtMs: 1,
    notes: '',
    pinned: true,
  });
  stories.forEach(({ hand = [], model = [] }, image) => {
    const imageId = ids[image];
    if (imageId === undefined) throw new Error('The scan found fewer photographs than there are stories.');
    for (const [n, placed] of hand.entries())
      db.boxes.insert({
        id: `hand-${image}-${n}`,
        imageId,
        classId: placed.classId,
        ...boxOf(placed.at),
        ...({ source: 'person', modelId: null, score: null } satisfies Partial<BoxRecord>),
        attributes: {},
        head: null,
        tail: null,
      });
    if (hand.length > 0) db.images.update(imageId, { state: 'labelled' });
    for (const [n, { classId, at, score }] of model.entries())
      db.predictions.insert({
        id: `model-${image}-${n}`,
        modelId: storyModelId,
        imageId,
        classId,
        ...boxOf(at),
        score,
        uncertainty: computeUncertainty(score),
        probabilities: [0.6, 0.3, 0.1],
        status: 'pending',
        boxId: null,
        head: null,
        tail: null,
        hidden: false,
      });
  });
  db.tallies.set(`predicted:${storyModelId}`, ids.length);
}
