/** Every text of the window comes from here: one catalogue, typed keys, numbers in the reader's manner, ready to translate. */
import { actionMessages } from './messages/action.messages.ts';
import { annotateMessages } from './messages/annotate.messages.ts';
import { classMessages } from './messages/class.messages.ts';
import { commonMessages } from './messages/common.messages.ts';
import { contrastMessages } from './messages/contrast.messages.ts';
import { dataMessages } from './messages/data.messages.ts';
import { german } from './messages/de/german.ts';
import { editorMessages } from './messages/editor.messages.ts';
import { evaluationMessages } from './messages/evaluation.messages.ts';
import { heatMessages } from './messages/heat.messages.ts';
import { judgingMessages } from './messages/judging.messages.ts';
import { languageMessages } from './messages/language.messages.ts';
import { listMessages } from './messages/list.messages.ts';
import { loopMessages } from './messages/loop.messages.ts';
import { modelMessages } from './messages/model.messages.ts';
import { placeMessages } from './messages/place.messages.ts';
import { selectionMessages } from './messages/selection.messages.ts';
import { transferMessages } from './messages/transfer.messages.ts';
import { viewMessages } from './messages/view.messages.ts';

export const english = {
  ...actionMessages,
  ...commonMessages,
  ...annotateMessages,
  ...classMessages,
  ...contrastMessages,
  ...dataMessages,
  ...editorMessages,
  ...evaluationMessages,
  ...heatMessages,
  ...judgingMessages,
  ...languageMessages,
  ...listMessages,
  ...loopMessages,
  ...modelMessages,
  ...placeMessages,
  ...selectionMessages,
  ...transferMessages,
  ...viewMessages,
} as const;

export type MessageKey = keyof typeof english;

/** The names in braces of a text: `'{n} of {total}'` gives `'n' | 'total'`. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type TextOf<K extends MessageKey> = (typeof english)[K] extends string
  ? (typeof english)[K]
  : (typeof english)[K][keyof (typeof english)[K]] & string;
type Values<K extends MessageKey> = { readonly [Name in Names<TextOf<K>>]: string | number };
type Args<K extends MessageKey> = [Names<TextOf<K>>] extends [never] ? [] : [values: Values<K>];

/** A text, or two of which the number `n` chooses. */
type Entry = string | { readonly one: string; readonly other: string };

/** The languages there are catalogues of, each by its own name. English is the one all others are measured by. */
export const languages = [
  { id: 'en', name: 'English' },
  { id: 'de', name: 'Deutsch' },
] as const;
export type Language = (typeof languages)[number]['id'];

const catalogues: Readonly<Record<Language, Readonly<Record<string, Entry>>>> = { en: english, de: german };

let language: Language = 'en';
let plural = new Intl.PluralRules(language);
let number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });

/** The language of all texts from now on. To be chosen before anything is drawn. */
export function setLanguage(next: Language): void {
  language = next;
  plural = new Intl.PluralRules(next);
  number = new Intl.NumberFormat(next, { maximumFractionDigits: 2 });
}

/** The language of the texts, for numbers and times that are written without a text. */
export const readLanguage = (): Language => language;

/** The text for a key, with its values filled in. Texts with `one` and `other` choose by the value `n`. */
export function t<K extends MessageKey>(key: K, ...args: Args<K>): string {
  return fillText(key, (args[0] ?? {}) as Readonly<Record<string, string | number>>);
}

/** True for the names that the catalogue has: for texts that are called by an id from elsewhere, such as a command's. */
export function isMessageKey(key: string): key is MessageKey {
  return Object.hasOwn(english, key);
}

/** Like `t` for a key that was put together, so that the compiler cannot tell which values it wants. */
export function fillText(key: MessageKey, values: Readonly<Record<string, string | number>>): string {
  const entry: Entry = catalogues[language][key] ?? english[key];
  const text =
    typeof entry === 'string' ? entry : plural.select(Number(values.n)) === 'one' ? entry.one : entry.other;
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number.format(value) : value;
  });
}
