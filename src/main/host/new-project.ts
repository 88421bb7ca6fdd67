/** What makes a folder a project: where it may lie, what it is called, and its first records. */
import { existsSync, mkdirSync, opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { ClassRecord } from '../../core/records.ts';
import { isBarelyBegun } from '../db/begun-project.ts';
import { codeVersion } from '../version.ts';
import type { HostContext } from './context.ts';
import { isInsideFolder } from './inside-folder.ts';
import { type OpenProject, relativeRoot } from './open-project.ts';

export interface NewProject {
  readonly imagesDir: string;
  readonly name: string;
  /** Absolute path of the `NAME.catchlight` folder, which must not exist. */
  readonly dir: string;
  readonly classes: readonly string[];
}

const suffix = '.catchlight';

/** Writes the first records of a project. */
export function fillNewProject(
  context: HostContext,
  project: OpenProject,
  input: Pick<NewProject, 'name' | 'imagesDir'>,
  classes: readonly ClassRecord[],
): void {
  project.db.transaction(() => {
    project.db.settings.save({
      id: context.newId(),
      name: input.name,
      imagesRoot: input.imagesDir,
      imagesRootRelative: relativeRoot(project.dir, input.imagesDir),
      canvas: { widthPx: 512, heightPx: 512 },
      canvasFixed: false,
      createdAtMs: context.now(),
      codeVersion,
      pinnedByPerson: false,
    });
    for (const record of classes) project.db.classes.insert(record);
  });
}

/** The folder's name as projects are called: `NAME.catchlight`. */
export function withSuffix(dir: string): string {
  return dir.endsWith(suffix) ? dir : `${dir}${suffix}`;
}

/** A folder name that every file system takes. */
function safeName(name: string): string {
  const cleaned = Array.from(name.normalize('NFC'), (char) =>
    char < ' ' || '<>:"/\\|?*'.includes(char) ? '-' : char,
  ).join('');
  return cleaned.replace(/[. ]+$/, '').slice(0, 80) || 'project';
}

/** A folder for a project of that name which is not taken yet. */
export function freeProjectDir(parent: string, name: string): string {
  const base = path.join(parent, safeName(name));
  for (let number = 1; ; number += 1) {
    const dir = number === 1 ? `${base}${suffix}` : `${base} ${number}${suffix}`;
    if (!existsSync(dir)) return dir;
  }
}

/** Throws `project/no-images-folder`, and `folder/unreadable` before anything is made of a folder that the system keeps shut. */
export function checkImagesDir(imagesDir: string): void {
  if (existsSync(imagesDir) && statSync(imagesDir).isDirectory()) {
    checkReadable(imagesDir);
    return;
  }
  throw new AppError({
    code: 'project/no-images-folder',
    message: `There is no folder of photographs at ${imagesDir}. Nothing was made.`,
    hint: 'Check the path, or choose the folder again.',
    details: { path: imagesDir },
  });
}

function checkReadable(imagesDir: string): void {
  try {
    opendirSync(imagesDir).closeSync();
  } catch (cause) {
    throw new AppError({
      code: 'folder/unreadable',
      message: `The folder of photographs ${imagesDir} cannot be read. Nothing was made or changed.`,
      hint: 'Check its permissions, or choose another folder.',
      details: { path: imagesDir, cause: cause instanceof Error ? cause.message : String(cause) },
      cause,
    });
  }
}

/**
 * Makes the empty folder of a project: true when the caller made it, false when it takes over one whose making was stopped at its
 * very start. Throws `project/exists` when another was quicker.
 */
export function ensureProjectDir(dir: string): boolean {
  mkdirSync(path.dirname(dir), { recursive: true });
  if (isBarelyBegun(dir)) return false;
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (existsSync(dir)) throw alreadyThere(dir);
    throw error;
  }
}

function alreadyThere(dir: string): AppError {
  return new AppError({
    code: 'project/exists',
    message: `There is already something at ${dir}. It was not changed.`,
    hint: 'Open that project, or choose another name.',
    details: { path: dir },
  });
}

/** Throws `project/no-images-folder`, `folder/unreadable`, `project/exists`, `project/inside-photographs`. */
export function checkNewProject({ imagesDir, dir }: NewProject): void {
  checkImagesDir(imagesDir);
  if (existsSync(dir) && !isBarelyBegun(dir)) throw alreadyThere(dir);
  if (isInsideFolder(dir, imagesDir)) {
    throw new AppError({
      code: 'project/inside-photographs',
      message:
        'The project would lie inside the folder of photographs. The studio never writes there, so nothing was made.',
      hint: 'Choose a place beside or away from the photographs.',
      details: { path: dir, imagesDir },
    });
  }
}
