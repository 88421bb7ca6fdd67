/** Beside the canvas while the heat map is on: for which class, by which method, how strong, and what the colours mean. */
import { Button, Select, Slider } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { explainMethodSchema } from '../../../core/explain.ts';
import type { Editor } from '../../../editor/types.ts';
import { formatPercent, formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Waiting } from '../../ui/notes.tsx';
import { HeatClasses } from './heat-classes.tsx';
import styles from './heat-panel.module.css';
import { HeatScale } from './heat-scale.tsx';
import { useHeatReading } from './use-heat-reading.ts';
import { type Heatmap, nameInQuery } from './use-heatmap.ts';

const methods = explainMethodSchema.options;

export function HeatPanel({ heatmap, editor }: { heatmap: Heatmap; editor: Editor }): ReactElement {
  const { choice, choose, view, shown, isWaiting, error, isModelMissing, request } = heatmap;
  const [isAllOpen, setAllOpen] = useState(false);
  const reading = useHeatReading(
    editor,
    request === null || shown === null || view === null ? null : { request, wanted: shown },
  );
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
        <HeatScale value={reading?.value ?? null} />
        <p className={styles.reading}>
          {reading === null
            ? t('heat.point')
            : t('heat.reading', {
                value: formatScore(reading.value),
                x: String(Math.floor(reading.xPx)),
                y: String(Math.floor(reading.yPx)),
              })}
        </p>
        <Button size="xs" variant="default" disabled={view === null} onClick={() => setAllOpen(true)}>
          {t('heat.all')}
        </Button>
        <HeatClasses heatmap={heatmap} editor={editor} isOpen={isAllOpen} onClose={() => setAllOpen(false)} />
        {view === null ? null : <p className={styles.text}>{t(`heat.text.${view.method}`)}</p>}
        {isWaiting ? <Waiting label={t('heat.waiting')} /> : null}
      </div>
    </section>
  );
}
