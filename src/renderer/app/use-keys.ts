/** Keys of a place, heard anywhere in the window except inside text fields, dialogs and menus. */
import { useEffect, useRef } from 'react';

export type KeyMap = Readonly<Record<string, () => void>>;

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

/** `Shift+D`, `Ctrl+K`, `PageDown`, `?`: letters in capitals; signs as they are typed, whatever Shift the layout needs. */
export function chordOf(event: KeyboardEvent): string {
  // Digits go by the physical key: AZERTY needs Shift to type them.
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const key = digit ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const isSign = key.length === 1 && !/[A-Z0-9]/.test(key);
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && !isSign ? 'Shift' : '',
    key,
  ];
  return parts.filter((part) => part !== '').join('+');
}

/** Runs the entry for a key press before the canvas hears of it; what the map lacks goes on its way. */
export function useKeys(map: KeyMap): void {
  const latest = useRef(map);
  latest.current = map;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTaken(event)) return;
      const run = latest.current[chordOf(event)];
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', press, { capture: true });
    return () => window.removeEventListener('keydown', press, { capture: true });
  }, []);
}
