/** Which image of the list is open, as a number that can be typed over to jump. */
import { type ReactElement, useEffect, useState } from 'react';
import { formatCount } from '../../ui/format-numbers.ts';
import { t } from '../../ui/messages.ts';
import styles from './annotate.module.css';

/** The field, so that a key can bring the focus there. */
export const positionFieldId = 'image-number';

export function PositionField(props: {
  /** 0-based; -1 when the filter hides the image. */
  position: number;
  total: number;
  onJump: (number: number) => void;
}): ReactElement {
  const { position, total, onJump } = props;
  const shown = position < 0 ? '' : String(position + 1);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  return (
    <span className={styles.position}>
      <input
        id={positionFieldId}
        inputMode="numeric"
        autoComplete="off"
        aria-label={t('list.position')}
        title={t('list.position')}
        placeholder="–"
        value={text}
        style={{ width: `${Math.max(2, String(total).length) + 1}ch` }}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setText(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 9))}
        onBlur={() => setText(shown)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key !== 'Enter' || text === '') return;
          onJump(Number(text));
          event.currentTarget.blur();
        }}
      />
      <span>{t('list.of', { total: formatCount(total) })}</span>
    </span>
  );
}
