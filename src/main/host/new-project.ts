/** What makes a folder a project: where it may lie, what it is called, and its first records. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { ClassRecord } from '../../core/records.ts';
import { codeVersion } from '../version.ts';
import type { HostContext } from './context.ts';
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

/** Throws `project/no-images-folder`. */
export function checkImagesDir(imagesDir: string): void {
  if (existsSync(imagesDir) && statSync(imagesDir).isDirectory()) return;
  throw new AppError({
    code: 'project/no-images-folder',
    message: `There is no folder of photographs at ${imagesDir}. Nothing was made.`,
    hint: 'Check the path, or choose the folder again.',
    details: { path: imagesDir },
  });
}

/** Throws `project/no-images-folder`, `project/exists`, `project/inside-photographs`. */
export function checkNewProject({ imagesDir, dir }: NewProject): void {
  checkImagesDir(imagesDir);
  if (existsSync(dir)) {
    throw new AppError({
      code: 'project/exists',
      message: `There is already something at ${dir}. It was not changed.`,
      hint: 'Open that project, or choose another name.',
      details: { path: dir },
    });
  }
  const inside = path.relative(imagesDir, dir);
  if (inside === '' || (!inside.startsWith('..') && !path.isAbsolute(inside))) {
    throw new AppError({
      code: 'project/inside-photographs',
      message:
        'The project would lie inside the folder of photographs. The studio never writes there, so nothing was made.',
      hint: 'Choose a place beside or away from the photographs.',
      details: { path: dir, imagesDir },
    });
  }
}
