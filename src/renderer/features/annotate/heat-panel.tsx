/** Beside the canvas while the heat map is on: for which class, by which method, how strong, and what the colours mean. */
import { Select, Slider } from '@mantine/core';
import type { ReactElement } from 'react';
import { explainMethodSchema } from '../../../core/explain.ts';
import { heatColor, heatRange } from '../../../core/heatmap.ts';
import { formatPercent, formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Waiting } from '../../ui/notes.tsx';
import styles from './heat-panel.module.css';
import { type Heatmap, nameInQuery } from './use-heatmap.ts';

const methods = explainMethodSchema.options;
/** The scale of `heatColor`, eight even steps. */
const scale = Array.from({ length: 9 }, (_, i) => `rgba(${heatColor(i / 8).join(', ')})`).join(', ');

export function HeatPanel({ heatmap }: { heatmap: Heatmap }): ReactElement {
  const { choice, choose, view, shown, isWaiting, error, isModelMissing } = heatmap;
  return (
    <section className={styles.panel} aria-label={t('heat.title')}>
      <div className={layout.head}>
        <h2>{t('heat.title')}</h2>
      </div>
      <div className={styles.fields}>
        {isModelMissing ? <p className={layout.dim}>{t('heat.noModel')}</p> : null}
        {error === null ? null : <ErrorNote error={error} />}
        <Select
          size="xs"
          label={t('heat.class')}
          data={(view?.classes ?? []).map((entry) => ({
            value: nameInQuery(entry),
            label: t('heat.classScore', {
              name: entry.classId === null ? t('compare.nothing') : entry.name,
              score: formatScore(entry.score),
            }),
          }))}
          value={shown}
          disabled={view === null}
          onChange={(wanted) => choose({ wanted })}
        />
        <Select
          size="xs"
          label={t('heat.method')}
          data={methods.map((value) => ({ value, label: t(`heat.method.${value}`) }))}
          value={choice.method}
          onChange={(value) => choose({ method: methods.find((known) => known === value) ?? 'auto' })}
        />
        <div>
          <span className={styles.label}>{t('heat.opacity')}</span>
          <Slider
            size="sm"
            thumbLabel={t('heat.opacity')}
            min={0.1}
            max={1}
            step={0.05}
            label={formatPercent}
            value={choice.opacity}
            onChange={(opacity) => choose({ opacity })}
          />
        </div>
        <div className={styles.legend} role="img" aria-label={t('heat.legend')}>
          <span>{heatRange.low}</span>
          <i style={{ background: `linear-gradient(to right, ${scale}), #767676` }} />
          <span>{heatRange.high}</span>
        </div>
        {view === null ? null : <p className={styles.text}>{t(`heat.text.${view.method}`)}</p>}
        {isWaiting ? <Waiting label={t('heat.waiting')} /> : null}
      </div>
    </section>
  );
}
