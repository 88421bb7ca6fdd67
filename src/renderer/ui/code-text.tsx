/** A text whose names in backticks are shown as code, as the descriptions of formats write them. */
import { Fragment, type ReactElement } from 'react';
import styles from './code-text.module.css';

export function CodeText({ text }: { text: string }): ReactElement {
  const parts = text.split('`');
  // An odd number of backticks is no code at all.
  if (parts.length % 2 === 0) return <>{text}</>;
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a fixed text never move.
          <code key={index} className={styles.code}>
            {part}
          </code>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a fixed text never move.
          <Fragment key={index}>{part}</Fragment>
        ),
      )}
    </>
  );
}
