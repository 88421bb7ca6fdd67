/** Opens a host inside the CLI's own process for the length of one command. */
import path from 'node:path';
import type { HostApi } from '../../contract/host-api.ts';

/** Runs `work` with a host, and with `project` open when one is named; closes both whatever happens. */
export async function withHost<T>(
  project: string | undefined,
  work: (host: HostApi) => Promise<T>,
): Promise<T> {
  // Loaded only here: `--help` should not wait for databases and image libraries.
  const { createHost } = await import('../host/host.ts');
  const host = await createHost({ shell: 'serve' });
  try {
    if (project !== undefined) await host.api.openProject({ path: projectPath(project) });
    return await work(host.api);
  } finally {
    await host.close();
  }
}

/** A project as people type it: `fish`, `fish.catchlight` or a full path; always the absolute `NAME.catchlight` folder. */
export function projectPath(typed: string): string {
  const absolute = path.resolve(typed);
  return absolute.endsWith('.catchlight') ? absolute : `${absolute}.catchlight`;
}
