/** Making, opening and closing projects, and looking through folders for them. */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { HostApi } from '../../contract/host-api.ts';
import type { ProjectSummary } from '../../contract/schemas.ts';
import { classColorAt, classKeyAt, classNameKey } from '../../core/class-colors.ts';
import { AppError } from '../../core/errors.ts';
import type { ClassRecord } from '../../core/records.ts';
import { codeVersion } from '../version.ts';
import type { HostContext } from './context.ts';
import { type OpenProject, openProject, relativeRoot } from './open-project.ts';
import { createRecentProjects } from './recent-projects.ts';

export type ProjectsArea = Pick<
  HostApi,
  | 'recentProjects'
  | 'currentProject'
  | 'createProject'
  | 'openProject'
  | 'closeProject'
  | 'rescan'
  | 'relinkImages'
> & {
  /** Makes and opens a project without scanning it. */
  make(input: NewProject): Promise<OpenProject>;
};

export interface NewProject {
  readonly imagesDir: string;
  readonly name: string;
  /** Absolute path of the `NAME.catchlight` folder, which must not exist. */
  readonly dir: string;
  readonly classes: readonly string[];
}

const suffix = '.catchlight';

export function createProjectsArea(context: HostContext): ProjectsArea {
  const recent = createRecentProjects(context.userDataDir);

  const close = async (): Promise<void> => {
    const project = context.session.current();
    if (project === null) return;
    context.session.set(null);
    await context.jobs.close(project.jobStore);
    project.close();
    context.events.emit({ type: 'project', project: null });
  };

  const open = (dir: string, create: boolean): OpenProject =>
    openProject(dir, { create, nowMs: context.now(), emit: context.events.emit });

  const adopt = (project: OpenProject): ProjectSummary => {
    context.session.set(project);
    context.jobs.adopt([...project.db.jobs.listNewest(50)], project.jobStore);
    const summary = project.summary();
    recent.add({ path: project.dir, name: summary.name, openedAtMs: context.now() });
    context.events.emit({ type: 'project', project: summary });
    return summary;
  };

  const make = async (input: NewProject): Promise<OpenProject> => {
    checkNewProject(input);
    const classes = toClassRecords(input.classes, context.newId);
    await close();
    mkdirSync(input.dir, { recursive: true });
    let project: OpenProject | undefined;
    try {
      const made = open(input.dir, true);
      project = made;
      fillNewProject(context, made, input, classes);
    } catch (error) {
      // This folder was made a moment ago by us and holds nothing of the person's.
      project?.close();
      rmSync(input.dir, { recursive: true, force: true });
      throw error;
    }
    adopt(project);
    return project;
  };

  const scan = (title: string): { jobId: string } => {
    const project = context.session.require();
    return {
      jobId: context.jobs.start({
        kind: 'scan',
        title,
        input: { imagesDir: project.imagesRoot() },
        store: project.jobStore,
      }).id,
    };
  };

  return {
    make,
    recentProjects: async () => recent.list(),
    currentProject: async () => context.session.current()?.summary() ?? null,
    createProject: async (input) => {
      const imagesDir = path.resolve(input.imagesDir);
      const name = input.name?.trim() || path.basename(imagesDir) || 'Photographs';
      const dir =
        input.dir === undefined
          ? freeProjectDir(context.projectsDir, name)
          : withSuffix(path.resolve(input.dir));
      const project = await make({ imagesDir, name, dir, classes: input.classes ?? [] });
      const { jobId } = scan(`Read the photographs of ${name}`);
      return { project: project.summary(), jobId };
    },
    openProject: async ({ path: typed }) => {
      const dir = path.resolve(typed);
      const present = context.session.current();
      if (present?.dir === dir) return present.summary();
      // Opened before the present one closes: when it cannot be opened, nothing is lost from view.
      const project = open(dir, false);
      await close();
      return adopt(project);
    },
    closeProject: close,
    rescan: async () => scan('Look for new and changed photographs'),
    relinkImages: async ({ imagesDir }) => {
      const root = path.resolve(imagesDir);
      checkImagesDir(root);
      context.session.require().setImagesRoot(root);
      return scan('Find the photographs in their new place');
    },
  };
}

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

function withSuffix(dir: string): string {
  return dir.endsWith(suffix) ? dir : `${dir}${suffix}`;
}

/** A folder name that every file system takes. */
function safeName(name: string): string {
  const cleaned = Array.from(name.normalize('NFC'), (char) =>
    char < ' ' || '<>:"/\\|?*'.includes(char) ? '-' : char,
  ).join('');
  return cleaned.replace(/[. ]+$/, '').slice(0, 80) || 'project';
}

function freeProjectDir(parent: string, name: string): string {
  const base = path.join(parent, safeName(name));
  for (let number = 1; ; number += 1) {
    const dir = number === 1 ? `${base}${suffix}` : `${base} ${number}${suffix}`;
    if (!existsSync(dir)) return dir;
  }
}

function checkImagesDir(imagesDir: string): void {
  if (existsSync(imagesDir) && statSync(imagesDir).isDirectory()) return;
  throw new AppError({
    code: 'project/no-images-folder',
    message: `There is no folder of photographs at ${imagesDir}. Nothing was made.`,
    hint: 'Check the path, or choose the folder again.',
    details: { path: imagesDir },
  });
}

function checkNewProject({ imagesDir, dir }: NewProject): void {
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

/** Records for new classes in order. Throws `classes/duplicate-name`, `classes/no-name`. */
export function toClassRecords(names: readonly string[], newId: () => string): ClassRecord[] {
  const seen = new Map<string, string>();
  return names.map((typed, position) => {
    const name = typed.trim();
    const key = classNameKey(name);
    const other = seen.get(key);
    if (key === '') {
      throw new AppError({
        code: 'classes/no-name',
        message: 'A class without a name was given. Nothing was made.',
        hint: 'Name every class.',
      });
    }
    if (other !== undefined) throw duplicateClass(other, name);
    seen.set(key, name);
    return {
      id: newId(),
      name,
      color: classColorAt(position),
      key: classKeyAt(position),
      scientificName: null,
      position,
    };
  });
}

export function duplicateClass(one: string, other: string): AppError {
  return new AppError({
    code: 'classes/duplicate-name',
    message: `“${one}” and “${other}” are the same class name (case and blanks do not count). Nothing was saved.`,
    hint: 'Give one of them another name.',
    details: { names: [one, other] },
  });
}
