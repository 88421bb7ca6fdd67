/**
 * What the host and the engine say, in the reader's language: errors by their code, recipes by their id, settings, formats and sentences by
 * their English. They say it in English, which is what stays where a language has no words for it, or where a value that the words name is
 * missing.
 */
import type { AppErrorData } from '../../core/errors.ts';
import type { RecipeInfo } from '../../core/learning.ts';
import { germanAuditSentences } from './messages/de/audit-sentence.de.ts';
import { type ErrorWords, germanErrors } from './messages/de/error.de.ts';
import { germanFormats } from './messages/de/format.de.ts';
import { germanRecipes, type RecipeWords } from './messages/de/recipe.de.ts';
import { germanSentences } from './messages/de/sentence.de.ts';
import { germanSettings } from './messages/de/setting.de.ts';
import { germanTransferEnds } from './messages/de/transfer-reason.de.ts';
import { germanTransferSentences } from './messages/de/transfer-sentence.de.ts';
import { type Language, readLanguage } from './messages.ts';

const errors: Readonly<Partial<Record<Language, Readonly<Record<string, ErrorWords>>>>> = {
  de: germanErrors,
};
const recipes: Readonly<Partial<Record<Language, Readonly<Record<string, RecipeWords>>>>> = {
  de: germanRecipes,
};

const texts: Readonly<Partial<Record<Language, Readonly<Record<string, string>>>>> = {
  de: { ...germanFormats, ...germanSettings },
};
/** Sentences with values in braces, which are found again in what the host says. */
const sentences: Readonly<Partial<Record<Language, Readonly<Record<string, string>>>>> = {
  de: { ...germanSentences, ...germanAuditSentences, ...germanTransferSentences, ...germanTransferEnds },
};

/** A name, a choice or an explanation that a recipe or a format brings along. */
export function hostText(english: string): string {
  return find(texts, english) ?? english;
}

interface Sentence {
  readonly pattern: RegExp;
  readonly words: string;
}
const patterns = new Map<Language, readonly Sentence[]>();

/** A sentence of the host with its values, such as a warning of a plan: each of the catalogue is tried, the one that says most first. */
export function hostSentence(english: string): string {
  return findSentence(english) ?? english;
}

/** How a job ended: one sentence, or several findings with commas between. Told in one language throughout. */
export function hostSummary(english: string): string {
  const whole = findSentence(english);
  if (whole !== undefined) return whole;
  // A name before the findings may have commas of its own.
  const parts = english.split(', ');
  for (let named = 1; named <= parts.length; named += 1) {
    const words = [parts.slice(0, named).join(', '), ...parts.slice(named)].map(findSentence);
    if (words.every((part) => part !== undefined)) return words.join(', ');
  }
  return english;
}

function findSentence(english: string): string | undefined {
  const whole = find(sentences, english);
  if (whole !== undefined) return whole;
  const language = readLanguage();
  const known = patterns.get(language) ?? listSentences(sentences[language] ?? {});
  patterns.set(language, known);
  for (const { pattern, words } of known) {
    const match = pattern.exec(english);
    if (match !== null)
      return words.replaceAll(/\{(\w+)\}/g, (_, name: string) => match.groups?.[name] ?? '');
  }
  return undefined;
}

/** What a transfer reports. Of several sources joined, each note begins with the source's name, which stays as it is. */
export function transferSentence(english: string): string {
  const whole = hostSentence(english);
  const at = whole === english ? english.indexOf(': ') : -1;
  return at < 0 ? whole : `${english.slice(0, at + 2)}${hostSentence(english.slice(at + 2))}`;
}

function listSentences(catalogue: Readonly<Record<string, string>>): Sentence[] {
  return Object.entries(catalogue)
    .sort(([a], [b]) => b.length - a.length)
    .map(([english, words]) => {
      const source = english
        .split(/\{(\w+)\}/)
        .map((part, index) =>
          index % 2 === 0
            ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) => `\\${sign}`)
            : `(?<${part}>${/^n(?:[A-Z]|$)/.test(part) ? '\\d[\\d.,]*' : '.+'})`,
        )
        .join('');
      return { pattern: new RegExp(`^${source}$`, 'su'), words };
    });
}

/** Message and hint of an error to be shown. */
export function errorWords(error: AppErrorData): ErrorWords {
  const words = find(errors, error.code);
  const message = words && fill(words.message, error.details);
  const hint = words && fill(words.hint, error.details);
  return message === undefined || hint === undefined
    ? { message: error.message, hint: error.hint }
    : { message, hint };
}

/** A recipe with the texts to be shown. */
export function inReadersWords<R extends RecipeInfo>(recipe: R): R {
  return { ...recipe, ...find(recipes, recipe.id) };
}

function find<T>(
  catalogues: Readonly<Partial<Record<Language, Readonly<Record<string, T>>>>>,
  key: string,
): T | undefined {
  const words = catalogues[readLanguage()];
  return words !== undefined && Object.hasOwn(words, key) ? words[key] : undefined;
}

/** Undefined when a value is missing: a text with a hole says less than an English one. */
function fill(text: string, details: AppErrorData['details']): string | undefined {
  let isWhole = true;
  const filled = text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = details[name];
    if (typeof value !== 'string' && typeof value !== 'number') isWhole = false;
    return String(value);
  });
  return isWhole ? filled : undefined;
}
