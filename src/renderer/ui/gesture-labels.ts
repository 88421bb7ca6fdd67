/**
 * What a gesture is called, in the reader's language. A label is stored with its gesture in the language it was made in (the editor and the
 * host write English), so it is found again by the texts of all catalogues; what none knows stays as it is.
 */
import { german } from './messages/de/german.ts';
import { english, fillText, type MessageKey } from './messages.ts';

/** Labels that are texts of a place. The others begin with `label.` or end in `Label`. */
const others: readonly string[] = [
  'data.merged',
  'data.renamed',
  'data.droppedCopies',
  'data.tookBack',
  'data.tied',
  'data.untied',
];

interface Pattern {
  readonly key: MessageKey;
  readonly text: RegExp;
  /** Letters that are not a value: a text that says more is tried first. */
  readonly weight: number;
}

let patterns: readonly Pattern[] | undefined;

/** The label in the language of the window. */
export function labelText(label: string): string {
  const found = findLabel(label);
  return found === undefined ? label : fillText(found.key, found.values);
}

/** The text of the catalogue that a label is, with its values; undefined for one that is in none. */
export function findLabel(
  label: string,
): { key: MessageKey; values: Readonly<Record<string, string | number>> } | undefined {
  patterns ??= listPatterns();
  for (const { key, text } of patterns) {
    const match = text.exec(label);
    if (match !== null) return { key, values: { ...match.groups } };
  }
  return undefined;
}

function listPatterns(): Pattern[] {
  const keys = (Object.keys(english) as MessageKey[]).filter(
    (key) => key.startsWith('label.') || key.endsWith('Label') || others.includes(key),
  );
  const catalogues: readonly Readonly<Record<string, unknown>>[] = [english, german];
  return keys
    .flatMap((key) =>
      catalogues.flatMap((catalogue) => {
        const text = catalogue[key];
        return typeof text === 'string' ? [toPattern(key, text)] : [];
      }),
    )
    .sort((a, b) => b.weight - a.weight);
}

function toPattern(key: MessageKey, text: string): Pattern {
  const parts = text.split(/\{(\w+)\}/);
  // Odd parts are the names of values; a number is only where a number stands.
  const source = parts
    .map((part, index) =>
      index % 2 === 0
        ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) => `\\${sign}`)
        : `(?<${part}>${part === 'n' ? '\\d[\\d.,\\s]*' : '.+'})`,
    )
    .join('');
  const weight = parts.reduce((sum, part, index) => sum + (index % 2 === 0 ? part.length : 0), 0);
  return { key, text: new RegExp(`^${source}$`, 'su'), weight };
}
