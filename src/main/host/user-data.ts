/** Where the studio keeps what belongs to the person rather than to a project, on each platform. */
import { homedir } from 'node:os';
import path from 'node:path';

/** `CATCHLIGHT_HOME` when set; else the platform's usual place. Not created here. */
export function userDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.CATCHLIGHT_HOME) return path.resolve(env.CATCHLIGHT_HOME);
  if (platform === 'win32')
    return path.join(env.LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local'), 'Catchlight');
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Catchlight');
  return path.join(env.XDG_DATA_HOME || path.join(homedir(), '.local', 'share'), 'catchlight');
}
