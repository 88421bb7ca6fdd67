/** The keys as they are now: preset, a person's own choices, and what runs when one is pressed. */
import { useEffect, useRef } from 'react';
import { type KeyedAction, matchesChord, type OwnKeys, resolveKeys } from '../../editor/keymap.ts';
import { presets } from '../../editor/presets/list.ts';
import { studioPreset } from '../../editor/presets/studio.preset.ts';
import { readPreferences, usePreferences } from './preferences.ts';
import { isTaken } from './use-keys.ts';
import { allActions } from './window-actions.ts';

let resolved: { preset: string; own: OwnKeys; actions: readonly KeyedAction[] } | null = null;

/** All actions with their present keys; the same list until these change. */
export function listActions(): readonly KeyedAction[] {
  const { preset, keys: own } = readPreferences();
  if (resolved === null || resolved.preset !== preset || resolved.own !== own) {
    const chosen = presets.find(({ id }) => id === preset) ?? studioPreset;
    resolved = { preset, own, actions: resolveKeys(allActions, chosen, own) };
  }
  return resolved.actions;
}

/** The keys of an action; none for an unknown one. */
export function keysOf(actionId: string): readonly string[] {
  return listActions().find(({ id }) => id === actionId)?.keys ?? [];
}

/** The first key, as buttons show it. */
export function useKeyOf(actionId: string): string | undefined {
  usePreferences();
  return keysOf(actionId)[0];
}

export type ActionMap = Readonly<Partial<Record<string, () => void>>>;

/** Runs the entry for a key press before the canvas hears of it; what the map lacks goes on its way. Undefined entries are not heard. */
export function useActions(map: ActionMap): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const isElsewhere = isTaken(event);
      // What opens the palette or the keys does so from text fields, too: no field uses such keys itself.
      const isForWindow = event.ctrlKey || event.metaKey || /^F\d+$/.test(event.key);
      const input = {
        type: 'keydown',
        key: event.key,
        code: event.code,
        isRepeat: event.repeat,
        shift: event.shiftKey,
        alt: event.altKey,
        ctrl: event.ctrlKey,
        meta: event.metaKey,
      } as const;
      for (const [id, run] of Object.entries(latest.current)) {
        if (isElsewhere && !(isForWindow && id.startsWith('window.'))) continue;
        if (run === undefined || !keysOf(id).some((chord) => matchesChord(chord, input))) continue;
        event.preventDefault();
        run();
        return;
      }
    };
    window.addEventListener('keydown', press, { capture: true });
    return () => window.removeEventListener('keydown', press, { capture: true });
  }, []);
}
