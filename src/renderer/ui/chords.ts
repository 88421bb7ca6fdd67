/** How keys are written for people: `Ctrl+Shift+ArrowLeft` is `Ctrl+Shift+←`, in the words of their keyboard. */
import { fillText, isMessageKey } from './messages.ts';

const signs: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** A chord as in editor/keymap.ts, or any text that is none. */
export function formatChord(chord: string): string {
  // A plus at the end is the key itself.
  const parts = chord.endsWith('+')
    ? [...chord.slice(0, -1).split('+').filter(Boolean), '+']
    : chord.split('+');
  return parts
    .map((part) => {
      const key = `key.${part}`;
      return signs[part] ?? (isMessageKey(key) ? fillText(key, {}) : part);
    })
    .join('+');
}
