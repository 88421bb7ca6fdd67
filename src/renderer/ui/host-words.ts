/**
 * What the host and the engine say, in the reader's language: errors by their code, recipes by their id. They say it in English, which is
 * what stays where a language has no words for it, or where a value that the words name is missing.
 */
import type { AppErrorData } from '../../core/errors.ts';
import type { RecipeInfo } from '../../core/learning.ts';
import { type ErrorWords, germanErrors } from './messages/de/error.de.ts';
import { germanRecipes, type RecipeWords } from './messages/de/recipe.de.ts';
import { type Language, readLanguage } from './messages.ts';

const errors: Readonly<Partial<Record<Language, Readonly<Record<string, ErrorWords>>>>> = {
  de: germanErrors,
};
const recipes: Readonly<Partial<Record<Language, Readonly<Record<string, RecipeWords>>>>> = {
  de: germanRecipes,
};

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
