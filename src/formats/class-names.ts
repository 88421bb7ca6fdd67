/** Names of classes as labels bring them: cleaned, and equal ones joined with a note. */
import { classNameKey } from '../core/class-colors.ts';

/** Longest name a project keeps. */
const MAX_LENGTH = 200;

/** A name in its plain form: composed Unicode, single blanks, no control characters, at most 200 characters. */
export function cleanClassName(name: string): string {
  const clean = name
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return [...clean].length > MAX_LENGTH ? [...clean].slice(0, MAX_LENGTH).join('').trim() : clean;
}

/** The classes of one source in order of first mention. */
export class ClassNames {
  readonly #byRaw = new Map<string, string>();
  readonly #byKey = new Map<string, string>();
  readonly #spellings = new Map<string, Set<string>>();
  readonly #shortened = new Set<string>();

  /** The name under which `raw` is kept: the first spelling of its key. Empty names become `class`. */
  register(raw: string): string {
    const before = this.#byRaw.get(raw);
    if (before !== undefined) return before;
    const clean = cleanClassName(raw) || 'class';
    const key = classNameKey(clean);
    const kept = this.#byKey.get(key) ?? clean;
    this.#byKey.set(key, kept);
    this.#byRaw.set(raw, kept);
    if (clean !== raw.normalize('NFC') && [...raw].length > MAX_LENGTH) this.#shortened.add(kept);
    const spellings = this.#spellings.get(key) ?? new Set();
    this.#spellings.set(key, spellings.add(raw));
    return kept;
  }

  list(): string[] {
    return [...this.#byKey.values()];
  }

  /** One sentence for each name that stands for several spellings, or was cut. */
  listNotes(): string[] {
    const notes: string[] = [];
    for (const [key, spellings] of this.#spellings) {
      if (spellings.size < 2) continue;
      const names = [...spellings]
        .slice(0, 5)
        .map((name) => `“${name.slice(0, 80)}”`)
        .join(', ');
      notes.push(
        `The class names ${names} differ only in case or blanks and were taken as one: “${this.#byKey.get(key)}”.`,
      );
    }
    for (const name of this.#shortened)
      notes.push(`A class name was cut to ${MAX_LENGTH} characters: “${name.slice(0, 40)}…”.`);
    return notes;
  }
}
