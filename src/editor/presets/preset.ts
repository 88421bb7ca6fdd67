/** What a key preset is: the keys of another tool for what is done here, so that hands need not learn anew. */

/** Actions a preset does not name keep the keys of Studio, except those that it gives to another action. */
export interface KeyPreset {
  readonly id: 'studio' | 'labelimg' | 'cvat' | 'dive';
  /** A name, the same in every language. */
  readonly title: string;
  /** Chords by action, as in keymap.ts; an empty list leaves the action without a key. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}
