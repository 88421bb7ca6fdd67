/** Keys: chords as text, how a key press matches one, and conflicts between bindings. */
import type { KeyPreset } from './presets/preset.ts';
import type { Command, KeyInput } from './types.ts';

/** Something a key does. */
export interface KeyedAction {
  readonly id: string;
  /** Chords as in {@link matchesChord}. */
  readonly keys: readonly string[];
  /** Where its keys are heard. */
  readonly places: readonly ('anywhere' | 'annotate' | 'review' | 'compare' | 'data')[];
  /** Heard only while a box is selected, or only while none is. */
  readonly only?: 'selected' | 'unselected';
}

/** Finds the command a key press means, or undefined. Later commands win, so that a rebinding can shadow a default. */
export function findCommand(commands: readonly Command[], input: KeyInput): Command | undefined {
  return commands.findLast((command) => command.keys.some((chord) => matchesChord(chord, input)));
}

/**
 * True when a key press is the chord. `Ctrl` also means Cmd. Digits go by the physical key (AZERTY needs Shift for them), letters by what is
 * typed, falling back to the physical key where the layout has no Latin letters; signs such as `[` or `+` match however the layout makes them.
 */
export function matchesChord(chord: string, input: KeyInput): boolean {
  const { mods, key } = parseChord(chord);
  const isSign = key.length === 1 && !/[a-z0-9 ]/i.test(key);
  const hasCtrl = input.ctrl || input.meta;
  if (isSign) {
    const isAltGr = input.ctrl && input.alt && !input.meta;
    return input.key === key && (isAltGr || hasCtrl === mods.has('ctrl'));
  }
  if (hasCtrl !== mods.has('ctrl') || input.alt !== mods.has('alt')) return false;
  if (/^[0-9]$/.test(key)) {
    const isDigit = input.code === `Digit${key}` || input.code === `Numpad${key}`;
    return isDigit && input.shift === mods.has('shift');
  }
  if (input.shift !== mods.has('shift')) return false;
  if (key === 'Space') return input.code === 'Space';
  if (!/^[a-z]$/i.test(key)) return input.key === key;
  const isLatin = /^[a-z]$/i.test(input.key);
  return isLatin ? input.key.toLowerCase() === key.toLowerCase() : input.code === `Key${key.toUpperCase()}`;
}

/** Pairs of commands in the same scope that share a chord: what the key settings warn about. */
export function listConflicts(
  commands: readonly Command[],
): { chord: string; ids: readonly [string, string] }[] {
  const seen = new Map<string, string>();
  const conflicts: { chord: string; ids: readonly [string, string] }[] = [];
  for (const command of commands) {
    for (const chord of command.keys) {
      const place = `${command.scope}/${chord.toLowerCase()}`;
      const other = seen.get(place);
      if (other !== undefined) conflicts.push({ chord, ids: [other, command.id] });
      else seen.set(place, command.id);
    }
  }
  return conflicts;
}

/** The keys that a person chose for single actions, by action. */
export type OwnKeys = Readonly<Record<string, readonly string[]>>;

/**
 * The actions with the keys they have under a preset and a person's own choices. What is chosen for one action is taken from those that
 * only have it by default, so that no key means two things.
 */
export function resolveKeys(
  actions: readonly KeyedAction[],
  preset: KeyPreset,
  own: OwnKeys,
): readonly KeyedAction[] {
  const bySource = (source: (action: KeyedAction) => readonly string[] | undefined): KeyedAction[] =>
    actions.flatMap((action) => {
      const keys = source(action);
      return keys === undefined ? [] : [{ ...action, keys }];
    });
  const chosen = bySource(({ id }) => own[id]);
  const byPreset = bySource(({ id }) => (own[id] === undefined ? preset.keys[id] : undefined));
  const free = (action: KeyedAction, keys: readonly string[], taken: readonly KeyedAction[]): string[] =>
    keys.filter((chord) => !taken.some((other) => other.id !== action.id && collide(action, other, chord)));
  return actions.map((action) => {
    const { id } = action;
    if (own[id] !== undefined) return { ...action, keys: own[id] };
    const given = preset.keys[id];
    if (given !== undefined) return { ...action, keys: free(action, given, chosen) };
    return { ...action, keys: free(action, action.keys, [...chosen, ...byPreset]) };
  });
}

/** Chords that mean two things in one place: what the key settings warn about. */
export function findClashes(
  actions: readonly KeyedAction[],
): { chord: string; ids: readonly [string, string] }[] {
  return actions.flatMap((action, index) =>
    action.keys.flatMap((chord) =>
      actions
        .slice(0, index)
        .filter((other) => collide(action, other, chord))
        .map((other) => ({ chord, ids: [other.id, action.id] as const })),
    ),
  );
}

/** True when the other action has this chord, too, and both are heard in one place at one time. */
export function collide(action: KeyedAction, other: KeyedAction, chord: string): boolean {
  const isApart = action.only !== undefined && other.only !== undefined && action.only !== other.only;
  if (isApart || !other.keys.some((key) => key.toLowerCase() === chord.toLowerCase())) return false;
  return (
    action.places.includes('anywhere') ||
    other.places.includes('anywhere') ||
    action.places.some((place) => other.places.includes(place))
  );
}

function parseChord(chord: string): { mods: ReadonlySet<string>; key: string } {
  const key = chord.endsWith('+') ? '+' : chord.slice(chord.lastIndexOf('+') + 1);
  const mods = chord
    .slice(0, chord.length - key.length)
    .split('+')
    .filter(Boolean);
  return { mods: new Set(mods.map((mod) => mod.toLowerCase())), key };
}
