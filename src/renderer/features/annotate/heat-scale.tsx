/** What the colours of a heat map mean: the fixed scale with its numbers, and on it the value under the pointer. */
import type { ReactElement } from 'react';
import { heatColor, heatRange } from '../../../core/heatmap.ts';
import { formatScore } from '../../ui/format-numbers.ts';
import { t } from '../../ui/messages.ts';
import styles from './heat-panel.module.css';

/** The scale of `heatColor`, eight even steps. */
const scale = Array.from({ length: 9 }, (_, i) => `rgba(${heatColor(i / 8).join(', ')})`).join(', ');
const ticks = [0, 0.25, 0.5, 0.75, 1];

export function HeatScale({ value }: { value: number | null }): ReactElement {
  return (
    <div className={styles.scale} role="img" aria-label={t('heat.legend')}>
      <i style={{ background: `linear-gradient(to right, ${scale}), #767676` }}>
        {value === null ? null : (
          <b style={{ left: `${(100 * (value - heatRange.low)) / (heatRange.high - heatRange.low)}%` }} />
        )}
      </i>
      <span>
        {ticks.map((tick) => (
          <small key={tick}>{tick === 0 || tick === 1 ? tick : formatScore(tick)}</small>
        ))}
      </span>
    </div>
  );
}
