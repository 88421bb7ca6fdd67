/** Which language the window speaks. */
import type { Preferences } from '../../core/preferences.ts';
import { type Language, languages } from '../ui/messages.ts';
import { changePreferences } from './preferences.ts';

/** The one that was chosen; else the first of the system's (`de-AT`, `fr`, …) that there is a catalogue of; else English. */
export function chooseLanguage(wanted: Preferences['language'], system: readonly string[]): Language {
  if (wanted !== 'system') return wanted;
  for (const tag of system) {
    const known = languages.find(({ id }) => id === tag.toLowerCase().split('-')[0]);
    if (known !== undefined) return known.id;
  }
  return 'en';
}

/** Saves the choice and opens the window anew in that language: every text is chosen when it is drawn. */
export async function switchLanguage(language: Preferences['language']): Promise<void> {
  await changePreferences({ language });
  location.reload();
}
