/** The overview as windows ask for it, again after every saved gesture: of thousands of photographs a thread puts it together. */
import type { DataOverview } from '../../../contract/audit.ts';
import type { OpenProject } from '../open-project.ts';
import { askDataWorker, isLarge } from './ask-data-worker.ts';
import { computeOverview } from './overview.ts';

interface Asked {
  /** Under way: it may have looked before the last change. */
  running: Promise<DataOverview>;
  /** Begins when that one is over, for everybody who asked meanwhile. */
  next: Promise<DataOverview> | null;
}

const asked = new WeakMap<OpenProject, Asked>();

/** As the project is now or a moment later. However many ask, one thread looks at a time. Throws `data/worker-failed`. */
export function askOverview(project: OpenProject): Promise<DataOverview> {
  if (!isLarge(project)) return Promise.resolve(computeOverview(project.db));
  const known = asked.get(project);
  if (known === undefined) return look(project);
  known.next ??= known.running.then(
    () => look(project),
    () => look(project),
  );
  return known.next;
}

function look(project: OpenProject): Promise<DataOverview> {
  const { signal } = new AbortController();
  const running = askDataWorker({ kind: 'overview', dir: project.dir }, { signal }).finally(() => {
    if (asked.get(project)?.next === null) asked.delete(project);
  });
  asked.set(project, { running, next: null });
  return running;
}
