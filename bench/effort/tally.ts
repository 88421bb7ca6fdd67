/** How effort is counted: the same for the tool that is played and for those that are reckoned. */

export interface Effort {
  /** What the mouse does on purpose: a drag, a click, a double click, two clicks that draw one box. */
  readonly gestures: number;
  /** Keys and chords; a chord is one. */
  readonly keys: number;
  /** Every single press of a key or a mouse button: a chord of two keys is two, a double click two, a drag one. */
  readonly presses: number;
}

export const noEffort: Effort = { gestures: 0, keys: 0, presses: 0 };

/** One gesture of so many presses of the button, `times` over. */
export function withGesture(effort: Effort, presses: number, times = 1): Effort {
  return {
    ...effort,
    gestures: effort.gestures + times,
    presses: effort.presses + presses * times,
  };
}

/** A key or chord such as `Ctrl+Enter`, `times` over. */
export function withKey(effort: Effort, chord: string, times = 1): Effort {
  return {
    ...effort,
    keys: effort.keys + times,
    presses: effort.presses + chord.split('+').length * times,
  };
}

/** Gestures and keys together: how often a person decides to do something. */
export function totalOf({ gestures, keys }: Effort): number {
  return gestures + keys;
}
