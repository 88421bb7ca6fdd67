/**
 * The small button of a row that stands there a hundred times: what an IconButton says, with the browser's own tooltip. Rows with the library's
 * buttons took most of the time of a typed letter, and of going to a photograph with many boxes.
 */
import type { MouseEvent, ReactElement } from 'react';
import { formatChord } from './chords.ts';
import { Icon, type IconName } from './icons.tsx';
import styles from './row-button.module.css';

export function RowButton(props: {
  readonly icon: IconName;
  readonly label: string;
  /** As shown on the keyboard: `Ctrl+Z`. */
  readonly keys?: string | undefined;
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
}): ReactElement {
  const { icon, label, keys, onClick } = props;
  return (
    <button
      type="button"
      className={styles.button}
      aria-label={label}
      title={keys === undefined ? label : `${label} (${formatChord(keys)})`}
      {...(keys === undefined ? {} : { 'aria-keyshortcuts': keys.replaceAll('Ctrl', 'Control') })}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** A key as rows show it. */
export function RowKey({ text }: { text: string }): ReactElement {
  return <kbd className={styles.key}>{text}</kbd>;
}
