/** Key presses of the window: whose they are, and how they are written. */

const deaf =
  'input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox]';
const pressable = 'button, a, [role=tab], input, [data-keys=arrows]';
/** A slider that was just moved keeps the focus: only the keys that move it are its own, so that Enter goes on answering. */
const sliderKeys = new Set([
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Home',
  'End',
  'PageUp',
  'PageDown',
]);
const pressKeys = new Set(['Enter', ' ', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']);

/** True when a key press belongs to what has the focus and not to the place. */
export function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return true;
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (target.closest(deaf) !== null) return true;
  if (target.closest('[role=slider]') !== null) return sliderKeys.has(event.key);
  return pressKeys.has(event.key) && !event.shiftKey && target.closest(pressable) !== null;
}

/** `Shift+D`, `Ctrl+K`, `PageDown`, `?`: letters in capitals; signs as they are typed, whatever Shift the layout needs. The chords of editor/keymap.ts. */
export function chordOf(event: KeyboardEvent): string {
  // Digits go by the physical key: AZERTY needs Shift to type them.
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  // Only these: the capital of ß is two letters.
  const typed = /^[a-z]$/.test(event.key) ? event.key.toUpperCase() : event.key;
  const key = event.code === 'Space' ? 'Space' : (digit ?? typed);
  const isSign = key.length === 1 && !/[A-Z0-9]/.test(key);
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && !isSign ? 'Shift' : '',
    key,
  ];
  return parts.filter((part) => part !== '').join('+');
}
