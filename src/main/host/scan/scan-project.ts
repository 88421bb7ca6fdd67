/** Brings the table of images up to date with the folder: new, changed, moved and missing files; labels are never touched. */
import type { JobProgress } from '../../../core/jobs.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import { joinNewImages } from '../audit/join-splits.ts';
import type { OpenProject } from '../open-project.ts';
import { chooseCanvas, chooseGroups } from './choose-defaults.ts';
import { type FolderReader, type FoundFile, listImageFiles } from './list-image-files.ts';
import type { ImageFacts } from './read-image-facts.ts';
import { readFactsInWorkers } from './scan-pool.ts';

export interface ScanReport {
  readonly images: number;
  readonly added: number;
  /** Files whose content is another than before; their labels are kept. */
  readonly changed: number;
  /** Files found again under another name by their content. */
  readonly moved: number;
  readonly missing: number;
  readonly problems: readonly { path: string; code: string }[];
  readonly unreadable: readonly { path: string; why: string }[];
  readonly notes: readonly string[];
}

export interface ScanOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  readonly newId: () => string;
  readonly now: () => number;
  readonly reader?: FolderReader;
}

/** How many problems a report names; the image list shows them all. */
const namedProblems = 200;

/** Reads what is new or changed since the last scan. Resumable: what was read before a stop is not read again. */
export async function scanProject(project: OpenProject, options: ScanOptions): Promise<ScanReport> {
  options.onProgress({ phase: 'Looking for photographs', done: 0, total: 0, unit: 'images', etaMs: null });
  const folder = await listImageFiles(project.imagesRoot(), options.signal, options.reader);
  const state = createScanState(project, folder.files);
  const startedMs = options.now();
  let done = 0;
  await readFactsInWorkers(
    state.toRead.map((found) => found.file),
    options.signal,
    (first, facts) => {
      project.db.transaction(() => {
        for (const [offset, fact] of facts.entries())
          state.store(state.toRead[first + offset], fact, options.newId);
      });
      done += facts.length;
      const total = state.toRead.length;
      const etaMs = ((options.now() - startedMs) / done) * (total - done);
      options.onProgress({
        phase: 'Reading photographs',
        done,
        total,
        unit: 'images',
        etaMs: Math.round(etaMs),
      });
      project.announce();
    },
  );
  const { moved, missing } = project.db.transaction(() => state.finish(options.newId));
  const all = project.db.images.listAll();
  project.db.transaction(() => {
    fillDefaults(project, all);
    joinNewImages(project);
  });
  project.announce();
  const problems = all.flatMap((image) =>
    image.problem === null ? [] : [{ path: image.path, code: image.problem }],
  );
  const notes = [
    ...folder.caseClashes.map(
      (pair) => `These names differ only in case and would clash on Windows or macOS: ${pair}.`,
    ),
    ...Object.entries(folder.unsupported).map(
      ([kind, n]) => `${n} ${kind} files were passed over: the studio does not read this kind yet.`,
    ),
  ];
  return {
    images: all.length,
    added: state.added(),
    changed: state.changed(),
    moved,
    missing,
    problems: problems.slice(0, namedProblems),
    unreadable: folder.unreadable,
    notes,
  };
}

interface ScanState {
  readonly toRead: readonly FoundFile[];
  store(found: FoundFile | undefined, facts: ImageFacts, newId: () => string): void;
  /** Decides about files that are new under a path and records that lost theirs. */
  finish(newId: () => string): { moved: number; missing: number };
  added(): number;
  changed(): number;
}

function createScanState(project: OpenProject, files: readonly FoundFile[]): ScanState {
  const { images } = project.db;
  const known = new Map(images.listAll().map((image) => [image.path, image]));
  const foundPaths = new Set(files.map((found) => found.path));
  const lost = [...known.values()].filter((image) => !foundPaths.has(image.path));
  const isSame = (found: FoundFile): boolean => {
    const before = known.get(found.path);
    return (
      before?.fileBytes === found.bytes &&
      before.modifiedAtMs === found.modifiedAtMs &&
      before.problem !== 'image/missing' &&
      before.problem !== 'image/unreadable'
    );
  };
  let added = 0;
  let changed = 0;
  let moved = 0;
  // With nothing lost, a new path is a new image at once; otherwise it may be a lost one under a new name: decided at the end.
  const newcomers: { found: FoundFile; facts: ImageFacts }[] = [];
  const insert = (found: FoundFile, facts: ImageFacts, newId: () => string): void => {
    images.insert({
      id: newId(),
      path: found.path,
      ...facts,
      group: null,
      split: null,
      state: 'unseen',
      fileBytes: found.bytes,
      modifiedAtMs: found.modifiedAtMs,
    });
    added += 1;
  };
  return {
    toRead: files.filter((found) => !isSame(found)),
    store: (found, facts, newId) => {
      if (found === undefined) return;
      const before = known.get(found.path);
      const file = { fileBytes: found.bytes, modifiedAtMs: found.modifiedAtMs };
      if (before !== undefined) {
        if (before.hash !== facts.hash) changed += 1;
        images.update(before.id, { ...facts, ...file });
      } else if (lost.length === 0) insert(found, facts, newId);
      else newcomers.push({ found, facts });
    },
    finish: (newId) => {
      const lostByHash = Map.groupBy(lost, (image) => image.hash);
      for (const { found, facts } of newcomers) {
        const match = facts.hash === '' ? undefined : lostByHash.get(facts.hash)?.shift();
        if (match === undefined) insert(found, facts, newId);
        else {
          images.update(match.id, {
            path: found.path,
            ...facts,
            fileBytes: found.bytes,
            modifiedAtMs: found.modifiedAtMs,
          });
          moved += 1;
        }
      }
      const missing = [...lostByHash.values()].flat();
      for (const image of missing) images.update(image.id, { problem: 'image/missing' });
      return { moved, missing: missing.length };
    },
    added: () => added,
    changed: () => changed,
  };
}

/** Groups for images that have none; the canvas once, before any features or models depend on it. */
function fillDefaults(project: OpenProject, all: readonly StoredImage[]): void {
  const groups = chooseGroups(all);
  all.forEach((image, index) => {
    const group = groups[index] ?? null;
    if (image.group === null && group !== null) project.db.images.update(image.id, { group });
  });
  if (project.db.tallies.get('models') === 0 && !project.db.settings.get().canvasFixed) {
    const usable = all.filter((image) => image.problem === null);
    project.db.settings.save({ canvas: chooseCanvas(usable), canvasFixed: usable.length > 0 });
  }
}
