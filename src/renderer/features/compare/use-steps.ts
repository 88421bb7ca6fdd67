/** Going through a list that changes meanwhile: which entry is chosen, and the keys for the next and the one before. */
import { useState } from 'react';
import { useActions } from '../../app/keymap.ts';

export interface Steps<T> {
  /** The chosen entry, else the first; null in an empty list. */
  readonly current: T | null;
  choose(entry: T): void;
  step(by: 1 | -1): void;
}

export function useSteps<T>(list: readonly T[], keyOf: (entry: T) => string): Steps<T> {
  const [chosen, setChosen] = useState<{ key: string; index: number } | null>(null);
  const at = chosen === null ? 0 : list.findIndex((entry) => keyOf(entry) === chosen.key);
  // What was answered may be gone from the list: then the one that came to its place is next.
  const index = at >= 0 ? at : Math.min(chosen?.index ?? 0, list.length - 1);
  const choose = (entry: T): void => setChosen({ key: keyOf(entry), index: list.indexOf(entry) });
  const step = (by: 1 | -1): void => {
    const next = list[index + by];
    if (next !== undefined) choose(next);
  };
  useActions({ 'compare.next': () => step(1), 'compare.previous': () => step(-1) });
  return { current: list[index] ?? null, choose, step };
}
