/** The least score a suggestion must have to be shown: a slider with its value beside it. */
import { Slider } from '@mantine/core';
import type { ReactElement } from 'react';
import layout from './layout.module.css';
import { t } from './messages.ts';
import styles from './min-score.module.css';

export interface MinScoreProps {
  /** 0 to 0.95. */
  readonly value: number;
  readonly onChange: (score: number) => void;
}

export function MinScore({ value, onChange }: MinScoreProps): ReactElement {
  return (
    <>
      <span className={layout.dim}>{t('review.minScore')}</span>
      <Slider
        className={styles.slider ?? ''}
        thumbLabel={t('review.minScore')}
        min={0}
        max={0.95}
        step={0.05}
        label={(score) => score.toFixed(2)}
        value={value}
        onChange={onChange}
      />
      <span className={styles.score}>{value.toFixed(2)}</span>
    </>
  );
}
