/** Opens, makes and closes the one project of a host, one step at a time: two windows that ask at once do not meet half way. */
import { rmSync } from 'node:fs';
import type { ProjectSummary } from '../../contract/schemas.ts';
import { unfinishedProject } from '../db/project-database.ts';
import type { HostContext } from './context.ts';
import { takeBackUnfinished } from './large-gestures.ts';
import { toClassRecords } from './new-classes.ts';
import { checkNewProject, ensureProjectDir, fillNewProject, type NewProject } from './new-project.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { createRecentProjects } from './recent-projects.ts';

/** Jobs shown of a project: its newest, and whatever was left unfinished. */
const shownJobs = 50;

/** Closes the open project, if any: its jobs are interrupted first. */
export function closeCurrentProject(context: HostContext): Promise<void> {
  return context.session.exclusive(() => close(context));
}

/** Opens `dir` in place of the present project, which stays open when `dir` cannot be opened. */
export function openProjectDir(context: HostContext, dir: string): Promise<ProjectSummary> {
  return context.session.exclusive(async () => {
    const present = context.session.current();
    if (present?.dir === dir) return present.summary();
    const project = open(context, dir, false);
    await close(context);
    await takeBackUnfinished(context, project);
    return adopt(context, project);
  });
}

/** Makes a project without scanning it, and opens it. A failure leaves nothing behind. */
export function makeProjectDir(context: HostContext, input: NewProject): Promise<OpenProject> {
  return context.session.exclusive(async () => {
    checkNewProject(input);
    const classes = toClassRecords(input.classes, context.newId);
    const isOurs = ensureProjectDir(input.dir);
    let made: OpenProject | undefined;
    try {
      made = open(context, input.dir, true);
      fillNewProject(context, made, input, classes);
    } catch (error) {
      made?.close();
      // A folder made a moment ago by us holds nothing of the person's; any other may be somebody's by now.
      if (isOurs) rmSync(input.dir, { recursive: true, force: true });
      throw error;
    }
    await close(context);
    adopt(context, made);
    return made;
  });
}

function open(context: HostContext, dir: string, create: boolean): OpenProject {
  const project = openProject(dir, { create, nowMs: context.now(), emit: context.events.emit });
  if (create || !project.db.settings.isEmpty()) return project;
  project.close();
  throw unfinishedProject(dir);
}

async function close(context: HostContext): Promise<void> {
  const project = context.session.current();
  if (project === null) return;
  context.session.set(null);
  await context.jobs.close(project.jobStore);
  project.close();
  context.events.emit({ type: 'project', project: null });
}

function adopt(context: HostContext, project: OpenProject): ProjectSummary {
  context.session.set(project);
  const { jobs } = project.db;
  const newest = jobs.listNewest(shownJobs);
  const shown = new Set(newest.map((job) => job.id));
  context.jobs.adopt(
    [...jobs.listUnfinished().filter((job) => !shown.has(job.id)), ...newest],
    project.jobStore,
  );
  const summary = project.summary();
  createRecentProjects(context.userDataDir).add({
    path: project.dir,
    name: summary.name,
    openedAtMs: context.now(),
  });
  context.events.emit({ type: 'project', project: summary });
  return summary;
}
