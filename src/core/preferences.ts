/** What a person chose for the studio as a whole, in every project: the language of the window and the keys. */
import { z } from 'zod';

export const preferencesSchema = z.object({
  /** `system`: the language of the system where there is a catalogue of it, else English. */
  language: z.enum(['system', 'en', 'de']).default('system'),
  /** The key preset that actions without keys of their own follow. */
  preset: z.enum(['studio', 'labelimg', 'cvat', 'dive']).default('studio'),
  /** Chords by action, chosen one by one; an empty list is an action without a key. */
  keys: z
    .record(z.string().min(1).max(80), z.array(z.string().min(1).max(40)).max(8))
    .refine((keys) => Object.keys(keys).length <= 500, 'at most 500 actions')
    .default({}),
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** What holds before anything was chosen. */
export const firstPreferences: Preferences = preferencesSchema.parse({});
