/** The list of recently opened projects, kept in the user's own folder. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../../contract/host-api.ts';
import { writeFileAtomically } from './atomic-file.ts';

const entrySchema = z.object({ path: z.string(), name: z.string(), openedAtMs: z.number() });
const longest = 20;

export interface RecentProjects {
  /** Newest first, each with whether it is still there. */
  list(): RecentProject[];
  add(entry: { path: string; name: string; openedAtMs: number }): void;
}

/** Reads the file at each call, since two studios may share it. */
export function createRecentProjects(userDataDir: string): RecentProjects {
  const file = path.join(userDataDir, 'recent-projects.json');
  const read = (): z.infer<typeof entrySchema>[] => {
    try {
      return z.array(entrySchema).parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      // Absent at first start; a damaged list costs the list, never a project.
      return [];
    }
  };
  return {
    list: () =>
      read().map((entry) => ({ ...entry, exists: existsSync(path.join(entry.path, 'project.db')) })),
    add: (entry) => {
      const others = read().filter((other) => other.path !== entry.path);
      writeFileAtomically(file, JSON.stringify([entry, ...others].slice(0, longest), null, 2));
    },
  };
}
