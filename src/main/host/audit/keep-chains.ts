/** Writes the chains that an audit found, and the sides that images joined, to the images: slice by slice, and back again when it is stopped. */
import { setImmediate } from 'node:timers/promises';
import type { Split } from '../../../core/records.ts';
import type { OpenProject } from '../open-project.ts';
import { marksAtOnce } from './change-marks.ts';
import type { ChainChange } from './compute-audit.ts';

interface Step {
  readonly id: string;
  readonly field: 'chain' | 'split';
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * What a person changed since the audit looked stays as the person left it. Between two slices the host answers others. Throws the signal's
 * reason, with everything as it was.
 */
export async function keepChains(
  project: OpenProject,
  chains: readonly ChainChange[],
  joins: ReadonlyMap<string, Split>,
  signal: AbortSignal,
): Promise<void> {
  const steps = [
    ...chains.map((change): Step => ({ ...change, field: 'chain' })),
    ...[...joins].map(([id, to]): Step => ({ id, field: 'split', from: null, to })),
  ];
  const done: Step[] = [];
  try {
    for (let at = 0; at < steps.length; at += marksAtOnce) {
      signal.throwIfAborted();
      done.push(...take(project, steps.slice(at, at + marksAtOnce)));
      await setImmediate();
    }
    signal.throwIfAborted();
  } catch (error) {
    const back = done.reverse().map((step): Step => ({ ...step, from: step.to, to: step.from }));
    for (let at = 0; at < back.length; at += marksAtOnce) {
      take(project, back.slice(at, at + marksAtOnce));
      await setImmediate();
    }
    throw error;
  }
}

/** One transaction. Returns the steps that were still to be taken. */
function take({ db }: OpenProject, steps: readonly Step[]): Step[] {
  return db.transaction(() => {
    const isLocked = db.settings.isTestLocked();
    return steps.filter(({ id, field, from, to }) => {
      const image = db.images.find(id);
      if (image === undefined || (image[field] ?? null) !== from) return false;
      if (field === 'split' && isLocked && (from === 'test' || to === 'test')) return false;
      db.images.update(id, { [field]: to });
      return true;
    });
  });
}
