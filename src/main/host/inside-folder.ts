/** Whether one folder lies inside another, as the disk sees it: through links, and whatever the case of letters where case means nothing. */
import { realpathSync } from 'node:fs';
import path from 'node:path';

/** True when `target`, which need not exist yet, is `root` or lies below it, by its name or by where links lead. Absolute paths. */
export function isInsideFolder(target: string, root: string): boolean {
  return isBelow(target, root) || isBelow(findRealPath(target), findRealPath(root));
}

function isBelow(target: string, root: string): boolean {
  const relative = path.relative(root, target);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** The real path of the part that exists, with the rest as typed. */
function findRealPath(target: string): string {
  const rest: string[] = [];
  for (let part = target; ; part = path.dirname(part)) {
    try {
      return path.join(realpathSync.native(part), ...rest);
    } catch {
      // Not there, or not ours to look into: its parent may be.
      if (path.dirname(part) === part) return target;
      rest.unshift(path.basename(part));
    }
  }
}
