/** The sample project: drawn once into the studio's own folder, partly labelled, with the whole truth kept beside it for scoring. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { HostApi } from '../../contract/host-api.ts';
import type { ProjectSummary } from '../../contract/schemas.ts';
import { classColorAt, classKeyAt } from '../../core/class-colors.ts';
import { countOf } from '../../core/count.ts';
import { createRandom } from '../../core/random.ts';
import type { ClassRecord } from '../../core/records.ts';
import type { JobRunner } from '../jobs/job.ts';
import { generateSample, type SampleImage, type SampleManifest } from '../sample/sample.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { HostContext } from './context.ts';
import { fillNewProject } from './new-project.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openProjectDir } from './project-session.ts';
import { scanProject } from './scan/scan-project.ts';

export type SampleArea = Pick<HostApi, 'openSample'>;

const sampleSeed = 7;
const sampleName = 'Sample';
/** One image in this many comes labelled: enough to train on at once, with most left for the person and the model. */
const labelledOneIn = 3;
/** Boats of twelve whose images judge a model. */
const validBoats = 3;

export interface SamplePlace {
  readonly imagesDir: string;
  /** All labels, those the project does not hold included. */
  readonly truthFile: string;
  readonly projectDir: string;
}

/** Where the sample of this user goes. Nothing is made yet. */
export function samplePlace(userDataDir: string): SamplePlace {
  const folder = path.join(userDataDir, 'sample');
  return {
    imagesDir: path.join(folder, 'photographs'),
    truthFile: path.join(folder, 'truth.json'),
    projectDir: path.join(folder, `${sampleName}.catchlight`),
  };
}

export function createSampleArea(context: HostContext): SampleArea {
  return {
    openSample: async () => {
      const place = samplePlace(context.userDataDir);
      if (existsSync(path.join(place.projectDir, 'project.db'))) {
        return { project: await openProjectDir(context, place.projectDir), jobId: null };
      }
      const present = context.jobs
        .list()
        .find(
          (job) => job.kind === 'sample' && (job.state.status === 'queued' || job.state.status === 'running'),
        );
      if (present !== undefined) return { project: null, jobId: present.id };
      return {
        project: null,
        jobId: context.jobs.start({
          kind: 'sample',
          title: 'Draw the sample project',
          input: {},
          store: null,
        }).id,
      };
    },
  };
}

/** The job: draws, makes the project under another name, and moves it into place when it is whole. Opens it at the end, unless another project was opened meanwhile. */
export function createSampleRunner(context: HostContext): JobRunner {
  return async (_input, { signal, onProgress }) => {
    const place = samplePlace(context.userDataDir);
    const open = context.session.current();
    const manifest = await generateSample({
      outDir: place.imagesDir,
      seed: sampleSeed,
      signal,
      onProgress,
      now: context.now,
    });
    writeFileAtomically(place.truthFile, JSON.stringify(manifest));
    const unfinished = path.join(path.dirname(place.projectDir), 'unfinished.catchlight');
    rmSync(unfinished, { recursive: true, force: true });
    const project = openProject(unfinished, { create: true, nowMs: context.now(), emit: () => undefined });
    let counts: ProjectSummary['counts'];
    try {
      const classes = toClasses(manifest, context.newId);
      fillNewProject(context, project, { name: sampleName, imagesDir: place.imagesDir }, classes);
      await scanProject(project, { signal, onProgress, newId: context.newId, now: context.now });
      label(context, project, manifest, classes);
      counts = project.summary().counts;
    } finally {
      project.close();
    }
    renameSync(unfinished, place.projectDir);
    // Whoever opened photographs of their own while it was drawn keeps them.
    if (context.session.current() === open) await openProjectDir(context, place.projectDir);
    return {
      summary: `${countOf(counts.images, 'image')}, ${countOf(counts.boxes, 'box to begin with', 'boxes to begin with')}`,
      result: { path: place.projectDir },
    };
  };
}

function toClasses(manifest: SampleManifest, newId: () => string): ClassRecord[] {
  return manifest.classes.map(({ name, scientificName }, position) => ({
    id: newId(),
    name,
    color: classColorAt(position),
    key: classKeyAt(position),
    scientificName,
    position,
  }));
}

/** Not a gesture: the first undo of a new person should not take the sample's labels away. */
function label(
  context: HostContext,
  project: OpenProject,
  manifest: SampleManifest,
  classes: readonly ClassRecord[],
): void {
  const classIds = new Map(classes.map((record) => [record.name, record.id]));
  const idOf = new Map(project.db.images.listAll().map((image) => [image.path, image.id]));
  const boats = [...new Set(manifest.images.map((image) => image.group))].sort();
  const judges = new Set(createRandom(sampleSeed).shuffle(boats).slice(0, validBoats));
  project.db.transaction(() => {
    manifest.images.forEach((image, index) => {
      const imageId = idOf.get(image.fileName);
      if (imageId === undefined) return;
      const isLabelled = index % labelledOneIn === 0;
      project.db.images.update(imageId, {
        group: image.group,
        split: judges.has(image.group) ? 'valid' : 'train',
        capturedAtMs: image.capturedAtMs,
        ...(isLabelled ? { state: image.state } : {}),
      });
      if (isLabelled) insertBoxes(context, project, image, imageId, classIds);
    });
  });
}

function insertBoxes(
  context: HostContext,
  project: OpenProject,
  image: SampleImage,
  imageId: string,
  classIds: ReadonlyMap<string, string>,
): void {
  for (const { className, box, head, tail } of image.boxes) {
    const classId = classIds.get(className);
    if (classId === undefined) continue;
    const { x, y, w, h } = box;
    project.db.boxes.insert({
      id: context.newId(),
      imageId,
      classId,
      x,
      y,
      w,
      h,
      source: 'import',
      modelId: null,
      score: null,
      attributes: {},
      head,
      tail,
    });
  }
}
