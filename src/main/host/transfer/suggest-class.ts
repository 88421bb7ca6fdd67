/** Which class of a project a name from elsewhere may mean, when it is not the name itself. */
import { classNameKey } from '../../../core/class-colors.ts';
import type { ClassRecord } from '../../../core/records.ts';

/** Share of letters that may differ. */
const MAX_CHANGED_FRAC = 0.34;

/** The project's class that is most like the name: by scientific name, without plural and signs, or with few letters changed. Null when none is. */
export function suggestClass(name: string, classes: readonly ClassRecord[]): string | null {
  const wanted = plain(name);
  if (wanted === '') return null;
  let best: { name: string; changed: number } | undefined;
  for (const record of classes) {
    for (const candidate of [record.name, record.scientificName ?? '']) {
      const other = plain(candidate);
      if (other === '') continue;
      const inside =
        wanted.length > 2 && other.length > 2 && (wanted.startsWith(other) || other.startsWith(wanted));
      const changed = inside ? 0.3 : countEdits(wanted, other) / Math.max(wanted.length, other.length);
      if (changed <= MAX_CHANGED_FRAC && changed < (best?.changed ?? 1))
        best = { name: record.name, changed };
    }
  }
  return best?.name ?? null;
}

function plain(name: string): string {
  return classNameKey(name)
    .normalize('NFD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .slice(0, 60)
    .replace(/(?<=..)(es|s)$/u, '');
}

/** Levenshtein distance: letters to insert, delete or change. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
