/** The folder an export is written into before it is moved into place, and what killed exports left of theirs. */
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/** This computer in a file name: a folder may be shared by several, and a process number means something on one only. */
const computer =
  hostname()
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 32) || 'here';
const mark = '.catchlight-part-';

/** A fresh name: in `dir` where it exists (it may be a disk of its own), else beside it. */
export function nameStaging(dir: string): string {
  const name = `${mark}${computer}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  return existsSync(dir) ? path.join(dir, name) : `${dir}${name}`;
}

/**
 * Removes what exports to `dir` left behind that were killed on this computer. Folders of processes that still run, of other computers,
 * and everything not named by {@link nameStaging} stay. What cannot be removed is left for the next time.
 */
export async function sweepStaging(dir: string): Promise<void> {
  const places = [
    { folder: dir, prefix: mark },
    { folder: path.dirname(dir), prefix: `${path.basename(dir)}${mark}` },
  ];
  for (const { folder, prefix } of places) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isDirectory() || !entry.name.startsWith(prefix)) continue;
      const left = path.join(folder, entry.name);
      if (await isAbandoned(left, entry.name.slice(prefix.length)))
        await rm(left, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

/** `tail`: what follows the mark in the folder's name. */
async function isAbandoned(folder: string, tail: string): Promise<boolean> {
  const [, owner, pid] = /^([A-Za-z0-9]+)-(\d+)-[a-z0-9]{1,6}$/.exec(tail) ?? [];
  if (owner !== computer || pid === undefined) return false;
  if (Number(pid) !== process.pid) return !isRunning(Number(pid));
  // Our own number, from before we were born: the system gives numbers out again.
  const { mtimeMs } = await stat(folder);
  return mtimeMs < Date.now() - process.uptime() * 1000;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process runs too; only "no such process" says that it does not.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
