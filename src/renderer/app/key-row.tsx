/** One action of the key settings: its keys, and the buttons that give it another, take it away or bring the preset's back. */
import { Button, Kbd } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { collide, type KeyedAction } from '../../editor/keymap.ts';
import { formatChord } from '../ui/chords.ts';
import { commandTitle } from '../ui/editor-text.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { t } from '../ui/messages.ts';
import { listActions } from './keymap.ts';
import { changePreferences, usePreferences } from './preferences.ts';
import styles from './shell.module.css';
import { chordOf } from './use-keys.ts';

type State =
  | { readonly kind: 'quiet' }
  | { readonly kind: 'listening' }
  | { readonly kind: 'clash'; readonly chord: string; readonly others: readonly KeyedAction[] };

export function KeyRow({ action }: { action: KeyedAction }): ReactElement {
  const own = usePreferences().keys;
  const [state, setState] = useState<State>({ kind: 'quiet' });
  const title = commandTitle(action.id);
  const save = (keys: typeof own): void => {
    setState({ kind: 'quiet' });
    void changePreferences({ keys });
  };
  const offer = (chord: string | null): void => {
    if (chord === null) {
      setState({ kind: 'quiet' });
      return;
    }
    const others = listActions().filter((other) => other.id !== action.id && collide(action, other, chord));
    if (others.length > 0) setState({ kind: 'clash', chord, others });
    else save({ ...own, [action.id]: [chord] });
  };
  const take = (chord: string, others: readonly KeyedAction[]): void =>
    save({
      ...own,
      ...Object.fromEntries(
        others.map(({ id, keys }) => [id, keys.filter((key) => key.toLowerCase() !== chord.toLowerCase())]),
      ),
      [action.id]: [chord],
    });
  const { [action.id]: mine, ...rest } = own;
  return (
    <li className={styles.keyRow}>
      <span>{title}</span>
      <span className={styles.keyList}>
        {action.keys.map((key) => (
          <Kbd key={key}>{formatChord(key)}</Kbd>
        ))}
        <IconButton
          icon="annotate"
          label={t('bind.change', { action: title })}
          size={24}
          onClick={() => setState({ kind: 'listening' })}
        />
        <IconButton
          icon="cross"
          label={t('bind.remove', { action: title })}
          size={24}
          disabled={action.keys.length === 0}
          onClick={() => save({ ...own, [action.id]: [] })}
        />
        {mine === undefined ? null : (
          <IconButton
            icon="restart"
            label={t('bind.reset', { action: title })}
            size={24}
            onClick={() => save(rest)}
          />
        )}
      </span>
      {state.kind === 'listening' ? <Listener onChord={offer} /> : null}
      {state.kind === 'clash' ? (
        <div className={styles.clash} role="alert">
          <span>
            {t('bind.taken', {
              key: formatChord(state.chord),
              action: state.others.map(({ id }) => commandTitle(id)).join(', '),
            })}
          </span>
          <Button onClick={() => take(state.chord, state.others)}>{t('bind.take')}</Button>
          <Button variant="default" onClick={() => setState({ kind: 'quiet' })}>
            {t('bind.leave')}
          </Button>
        </div>
      ) : null}
    </li>
  );
}

/** Hears the next key press before anything else does. */
function Listener({ onChord }: { onChord: (chord: string | null) => void }): ReactElement {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process'].includes(event.key)) return;
      onChord(event.key === 'Escape' ? null : chordOf(event));
    };
    window.addEventListener('keydown', press, { capture: true });
    return () => window.removeEventListener('keydown', press, { capture: true });
  });
  return (
    <div className={styles.clash} role="status">
      {t('bind.press')}
    </div>
  );
}
