/** The class in hand after a restart: that of the box that was drawn or changed last. */
import type { Gesture } from '../core/diffs.ts';

/** From the history of a project, oldest first; null while nobody has drawn. */
export function findLastClass(history: readonly Gesture[]): string | null {
  for (const { kind, source, diffs } of [...history].reverse()) {
    if (kind !== 'do' || source !== 'person') continue;
    for (const diff of diffs) if (diff.table === 'boxes' && diff.after !== null) return diff.after.classId;
  }
  return null;
}
