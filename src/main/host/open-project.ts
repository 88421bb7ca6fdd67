/** A project while it is open: its database, its folders, and the summary that windows show. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HostEvent, ProjectSummary } from '../../contract/schemas.ts';
import { createThrottle } from '../../core/throttle.ts';
import { openProjectDatabase, type ProjectDatabase } from '../db/project-database.ts';
import type { JobStore } from '../jobs/job.ts';

export interface OpenProject {
  readonly dir: string;
  readonly db: ProjectDatabase;
  readonly jobStore: JobStore;
  readonly featuresDir: string;
  readonly modelsDir: string;
  readonly thumbnailsDir: string;
  /** Absolute path of the folder of photographs, as found on this machine. */
  imagesRoot(): string;
  setImagesRoot(dir: string): void;
  /** Absolute path of a photograph, from its path relative to the root. */
  imageFile(relativePath: string): string;
  summary(): ProjectSummary;
  /** A window asked for this photograph: what is made in the background begins near it. */
  noteOpened(imageId: string): void;
  /** The photograph asked for last; null before the first. */
  openedImage(): string | null;
  /** Tells windows the new summary soon, at most five times a second. */
  announce(): void;
  close(): void;
}

/** Opens a project folder; the errors are those of the database. `emit` gets summaries as they change. */
export function openProject(
  dir: string,
  options: { readonly create: boolean; readonly nowMs: number; readonly emit: (event: HostEvent) => void },
): OpenProject {
  const db = openProjectDatabase(dir, options);
  let root: string | undefined;
  const imagesRoot = (): string => (root ??= findImagesRoot(db, dir));
  const summary = (): ProjectSummary => computeSummary(db, dir, imagesRoot());
  let opened: string | null = null;
  let closed = false;
  const announce = createThrottle<null>(
    () => !closed && options.emit({ type: 'project', project: summary() }),
    200,
  );
  return {
    dir,
    db,
    jobStore: createJobStore(db),
    featuresDir: path.join(dir, 'features'),
    modelsDir: path.join(dir, 'models'),
    thumbnailsDir: path.join(dir, 'thumbnails'),
    imagesRoot,
    setImagesRoot: (absolute) => {
      root = absolute;
      db.settings.save({ imagesRoot: absolute, imagesRootRelative: relativeRoot(dir, absolute) });
    },
    imageFile: (relativePath) => path.join(imagesRoot(), ...relativePath.split('/')),
    summary,
    noteOpened: (imageId) => {
      opened = imageId;
    },
    openedImage: () => opened,
    announce: () => announce.push(null),
    close: () => {
      closed = true;
      db.close();
    },
  };
}

/** Jobs through the database's own transactions, so that a full disk is told as one. */
function createJobStore(db: ProjectDatabase): JobStore {
  return {
    save: (job) => db.transaction(() => db.jobs.save(job)),
    appendCurve: (jobId, points) => db.transaction(() => db.jobs.appendCurve(jobId, points)),
    truncateCurve: (jobId, step) => db.transaction(() => db.jobs.truncateCurve(jobId, step)),
  };
}

/** The photographs' folder relative to the project, with `/`; null when they are on different drives. */
export function relativeRoot(projectDir: string, imagesRoot: string): string | null {
  const relative = path.relative(projectDir, imagesRoot);
  return path.isAbsolute(relative) ? null : relative.split(path.sep).join('/');
}

/** Where it was last time, else where it is if project and photographs were moved together, else where it was. */
function findImagesRoot(db: ProjectDatabase, dir: string): string {
  const { imagesRoot, imagesRootRelative } = db.settings.get();
  if (existsSync(imagesRoot) || imagesRootRelative === null) return imagesRoot;
  const beside = path.resolve(dir, ...imagesRootRelative.split('/'));
  return existsSync(beside) ? beside : imagesRoot;
}

function computeSummary(db: ProjectDatabase, dir: string, imagesRoot: string): ProjectSummary {
  const { name, canvas, backbone, mmPerPx } = db.settings.get();
  const count = (key: string): number => db.tallies.get(key);
  const pinned = db.models.findPinned();
  return {
    path: dir,
    name,
    imagesRoot,
    canvas,
    backbone,
    mmPerPx,
    counts: {
      images: count('images'),
      unseen: count('state:unseen'),
      empty: count('state:empty'),
      labelled: count('state:labelled'),
      reviewed: count('state:reviewed'),
      problems: count('problems'),
      boxes: count('boxes'),
      models: count('models'),
      pendingSuggestions: pinned === undefined ? 0 : count(`pending:${pinned.id}`),
    },
    revision: db.changes.revision(),
  };
}
