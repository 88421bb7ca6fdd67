/** Keys: chords as text, how a key press matches one, and conflicts between bindings. */
import type { Command, KeyInput } from './types.ts';

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

function parseChord(chord: string): { mods: ReadonlySet<string>; key: string } {
  const key = chord.endsWith('+') ? '+' : chord.slice(chord.lastIndexOf('+') + 1);
  const mods = chord
    .slice(0, chord.length - key.length)
    .split('+')
    .filter(Boolean);
  return { mods: new Set(mods.map((mod) => mod.toLowerCase())), key };
}
