/** Projects as windows and commands ask for them. */
import path from 'node:path';
import type { HostApi } from '../../contract/host-api.ts';
import type { HostContext } from './context.ts';
import { checkImagesDir, freeProjectDir, withSuffix } from './new-project.ts';
import { closeCurrentProject, makeProjectDir, openProjectDir } from './project-session.ts';
import { createRecentProjects } from './recent-projects.ts';

export type ProjectsArea = Pick<
  HostApi,
  | 'recentProjects'
  | 'currentProject'
  | 'createProject'
  | 'openProject'
  | 'closeProject'
  | 'setProjectScale'
  | 'rescan'
  | 'relinkImages'
>;

export function createProjectsArea(context: HostContext): ProjectsArea {
  const recent = createRecentProjects(context.userDataDir);
  const scan = (title: string): { jobId: string } => {
    const project = context.session.require();
    const input = { imagesDir: project.imagesRoot() };
    return { jobId: context.jobs.start({ kind: 'scan', title, input, store: project.jobStore }).id };
  };
  return {
    recentProjects: async () => recent.list(),
    currentProject: async () => context.session.current()?.summary() ?? null,
    createProject: async (input) => {
      const imagesDir = path.resolve(input.imagesDir);
      const name = input.name?.trim() || path.basename(imagesDir) || 'Photographs';
      const dir =
        input.dir === undefined
          ? freeProjectDir(context.projectsDir, name)
          : withSuffix(path.resolve(input.dir));
      const project = await makeProjectDir(context, { imagesDir, name, dir, classes: input.classes ?? [] });
      const { jobId } = scan(`Read the photographs of ${name}`);
      return { project: project.summary(), jobId };
    },
    openProject: ({ path: typed }) => openProjectDir(context, path.resolve(typed)),
    closeProject: () => closeCurrentProject(context),
    setProjectScale: async ({ mmPerPx }) => {
      const project = context.session.require();
      project.db.settings.save({ mmPerPx });
      project.announce();
    },
    rescan: async () => scan('Look for new and changed photographs'),
    relinkImages: async ({ imagesDir }) => {
      const root = path.resolve(imagesDir);
      checkImagesDir(root);
      context.session.require().setImagesRoot(root);
      return scan('Find the photographs in their new place');
    },
  };
}
