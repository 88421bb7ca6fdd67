/** Several of a list at once: with the mouse as in a file manager, and with keys alone. */
import { useState } from 'react';

export interface Selection {
  readonly selected: ReadonlySet<string>;
  /** Where the keys are; -1 in an empty list. */
  readonly cursor: number;
  readonly cursorKey: string | null;
  click(index: number, how: { readonly isRange: boolean; readonly isToggle: boolean }): void;
  /** Moves the cursor; with `extends`, all on the way are selected. */
  move(by: number, options?: { readonly extend?: boolean }): void;
  toggle(): void;
  all(): void;
  clear(): void;
}

export function useSelection(keys: readonly string[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState({ index: 0, anchor: 0 });
  const cursor = Math.min(at.index, keys.length - 1);
  const range = (from: number, to: number): string[] =>
    keys.slice(Math.min(from, to), Math.max(from, to) + 1);
  const toggleAt = (index: number): void => {
    const key = keys[index];
    if (key === undefined) return;
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    setSelected(next);
  };
  return {
    // What left the list is selected no more.
    selected: new Set(keys.filter((key) => selected.has(key))),
    cursor,
    cursorKey: keys[cursor] ?? null,
    click: (index, { isRange, isToggle }) => {
      if (isRange) setSelected(new Set([...(isToggle ? selected : []), ...range(at.anchor, index)]));
      else if (isToggle) toggleAt(index);
      else setSelected(new Set(keys.slice(index, index + 1)));
      setAt({ index, anchor: isRange ? at.anchor : index });
    },
    move: (by, { extend = false } = {}) => {
      const index = Math.max(0, Math.min(keys.length - 1, cursor + by));
      if (extend) setSelected(new Set([...selected, ...range(cursor, index)]));
      setAt({ index, anchor: extend ? at.anchor : index });
    },
    toggle: () => toggleAt(cursor),
    all: () => setSelected(new Set(keys)),
    clear: () => setSelected(new Set()),
  };
}
