/** Every text of the window comes from here: one catalogue, typed keys, numbers in the reader's manner, ready to translate. */
import { actionMessages } from './messages/action.messages.ts';
import { annotateMessages } from './messages/annotate.messages.ts';
import { classMessages } from './messages/class.messages.ts';
import { commonMessages } from './messages/common.messages.ts';
import { editorMessages } from './messages/editor.messages.ts';
import { evaluationMessages } from './messages/evaluation.messages.ts';
import { heatMessages } from './messages/heat.messages.ts';
import { listMessages } from './messages/list.messages.ts';
import { modelMessages } from './messages/model.messages.ts';
import { placeMessages } from './messages/place.messages.ts';
import { selectionMessages } from './messages/selection.messages.ts';
import { viewMessages } from './messages/view.messages.ts';

const english = {
  ...actionMessages,
  ...commonMessages,
  ...annotateMessages,
  ...classMessages,
  ...editorMessages,
  ...evaluationMessages,
  ...heatMessages,
  ...listMessages,
  ...modelMessages,
  ...placeMessages,
  ...selectionMessages,
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

const language = 'en';
const plural = new Intl.PluralRules(language);
const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });

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
  const entry: string | { readonly one: string; readonly other: string } = english[key];
  const text =
    typeof entry === 'string' ? entry : plural.select(Number(values.n)) === 'one' ? entry.one : entry.other;
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number.format(value) : value;
  });
}
