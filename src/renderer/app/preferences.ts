/** A person's preferences in this window: read before the first picture, saved as they change. */
import { useSyncExternalStore } from 'react';
import { firstPreferences, type Preferences } from '../../core/preferences.ts';
import { api } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { announceError } from './announcer.tsx';

let current: Preferences = firstPreferences;
const listeners = new Set<() => void>();

function take(next: Preferences): void {
  current = next;
  for (const listener of listeners) listener();
}

/** Asks the host; without an answer the window opens with what holds before anything was chosen. */
export async function loadPreferences(): Promise<Preferences> {
  try {
    take(await api.preferences.query());
  } catch {
    // The window says by itself that the host does not answer.
  }
  return current;
}

/** Holds at once, and is saved behind it. */
export async function changePreferences(changes: Partial<Preferences>): Promise<void> {
  const before = current;
  take({ ...current, ...changes });
  try {
    await api.savePreferences.mutate(changes);
  } catch (error) {
    take(before);
    announceError(readError(error));
  }
}

export const readPreferences = (): Preferences => current;

export const usePreferences = (): Preferences =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readPreferences);
