/** A person's preferences, kept in the studio's own folder. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HostApi } from '../../contract/host-api.ts';
import { firstPreferences, type Preferences, preferencesSchema } from '../../core/preferences.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { HostContext } from './context.ts';

export type PreferencesArea = Pick<HostApi, 'preferences' | 'savePreferences'>;

export function createPreferencesArea({ userDataDir }: Pick<HostContext, 'userDataDir'>): PreferencesArea {
  const file = path.join(userDataDir, 'preferences.json');
  // At each call, since two studios may share the folder.
  const read = (): Preferences => {
    try {
      return preferencesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      // Absent until something is chosen; damaged or from a newer studio it costs choices of comfort, never work.
      return firstPreferences;
    }
  };
  return {
    preferences: async () => read(),
    savePreferences: async (changes) => {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const next = preferencesSchema.parse({ ...read(), ...given });
      writeFileAtomically(file, JSON.stringify(next, null, 2));
      return next;
    },
  };
}
