/** One install at a time: a file holding the id of the process that installs. A dead process leaves no claim. */
import { open, readFile, rm } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import type { InstallFolders } from './engine-cache.ts';

/** Claims the install; returns what gives the claim up. Throws `engine-install/busy` while another living process holds it. */
export async function takeInstallLock(folders: InstallFolders): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(folders.lock, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(folders.lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number.parseInt(await readFile(folders.lock, 'utf8').catch(() => ''), 10);
      if (isAlive(owner)) break;
      await rm(folders.lock, { force: true });
    }
  }
  throw new AppError({
    code: 'engine-install/busy',
    message: 'TensorFlow is being installed by another window or command right now, so this one did nothing.',
    hint: 'Wait until the other one has finished.',
    details: { lock: folders.lock },
  });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
