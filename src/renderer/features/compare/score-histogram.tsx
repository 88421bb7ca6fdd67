/** How sure the model was where it was right and where it was wrong; a bar opens its pairs. */
import type { ReactElement } from 'react';
import type { Comparison } from '../../../contract/schemas.ts';
import { formatCount, formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './judging.module.css';
import { leaveFocus } from './leave-focus.ts';

/** Height of the highest bar. */
const heightPx = 64;
const kinds = ['matched', 'wrongClass', 'extra'] as const;

export function ScoreHistogram(props: {
  bins: Comparison['histogram'];
  chosen: number | null;
  onChoose: (bin: number | null) => void;
}): ReactElement {
  const { bins, chosen, onChoose } = props;
  const sums = bins.map(({ matched, wrongClass, extra }) => matched + wrongClass + extra);
  const most = Math.max(1, ...sums);
  return (
    <section className={styles.histogram} aria-label={t('histogram.title')}>
      <div className={layout.head}>
        <h2>{t('histogram.title')}</h2>
        <span className={styles.keys}>
          <i data-kind="matched" /> {t('verdict.matched')}
          <i data-kind="wrongClass" /> {t('verdict.wrong-class')}
          <i data-kind="extra" /> {t('verdict.extra')}
        </span>
      </div>
      <div className={styles.bars} style={{ height: heightPx }}>
        {bins.map((bin, i) => {
          const label = t('histogram.bin', {
            from: formatScore(bin.fromScore),
            to: formatScore(bin.toScore),
            matched: formatCount(bin.matched),
            wrongClass: formatCount(bin.wrongClass),
            extra: formatCount(bin.extra),
          });
          return (
            <button
              key={bin.fromScore}
              type="button"
              disabled={sums[i] === 0}
              aria-pressed={chosen === i}
              aria-label={label}
              title={label}
              onMouseDown={leaveFocus}
              onClick={() => onChoose(chosen === i ? null : i)}
            >
              {kinds.map((kind) =>
                bin[kind] === 0 ? null : (
                  <i
                    key={kind}
                    data-kind={kind}
                    // One pair among hundreds is still to be seen.
                    style={{ height: Math.max(2, (bin[kind] / most) * heightPx) }}
                  />
                ),
              )}
            </button>
          );
        })}
      </div>
      <div className={styles.axis} aria-hidden="true">
        <span>0</span>
        <span>{t('histogram.axis')}</span>
        <span>1</span>
      </div>
    </section>
  );
}
