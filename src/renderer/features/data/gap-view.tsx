/** The gap: one recipe, trained with boats on both sides and with boats kept apart. */
import { Button, NumberInput, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { Gap } from '../../../contract/audit.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs, useRecipes } from '../../api/queries.ts';
import { formatScore } from '../../ui/format-numbers.ts';
import { hostSentence } from '../../ui/host-words.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './data.module.css';
import { useGap } from './data-queries.ts';

export function GapView(): ReactElement {
  const recipes = (useRecipes().data ?? []).filter(
    ({ joins, refines }) => joins === undefined && refines === undefined,
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const [folds, setFolds] = useState(1);
  const gap = useGap();
  const recipe = chosen ?? recipes.find(({ id }) => id === 'gap-head')?.id ?? recipes[0]?.id ?? null;
  const isRunning = useActiveJobs().some(({ kind }) => kind === 'gap');
  const start = useAction((id: string) => api.startGap.mutate({ recipe: id, folds }));
  return (
    <div className={layout.page}>
      <div className={layout.inner}>
        <p className={styles.lead}>{t('data.gapLead')}</p>
        <div className={styles.fields}>
          <Select
            label={t('data.recipe')}
            w={260}
            data={recipes.map(({ id, title }) => ({ value: id, label: title }))}
            value={recipe}
            onChange={setChosen}
          />
          <NumberInput
            label={t('data.folds')}
            w={130}
            min={1}
            max={20}
            value={folds}
            onChange={(value) => setFolds(Math.max(1, Math.min(20, Math.round(Number(value)) || 1)))}
          />
          <Button
            loading={start.isPending || isRunning}
            disabled={recipe === null}
            onClick={() => recipe !== null && start.mutate(recipe)}
          >
            {t('data.measureGap')}
          </Button>
        </div>
        <p className={layout.dim}>{t('data.foldsText')}</p>
        {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
        {gap.data === undefined || gap.data === null ? null : (
          <GapResult
            gap={gap.data}
            title={recipes.find(({ id }) => id === gap.data?.recipe)?.title ?? gap.data.title}
          />
        )}
      </div>
    </div>
  );
}

function GapResult({ gap, title }: { gap: Gap; title: string }): ReactElement {
  return (
    <section className={layout.section}>
      <h2>{hostSentence(gap.sentence.replace(gap.title, title))}</h2>
      <table className={layout.table}>
        <thead>
          <tr>
            <th>{t('data.divided')}</th>
            <th className={styles.barHead}>{t(`data.figure.${gap.figure}`)}</th>
            <th className={layout.number}>{t('data.mean')}</th>
            <th className={layout.number}>{t('data.judged')}</th>
            <th>{t('data.each')}</th>
          </tr>
        </thead>
        <tbody>
          {gap.sides.map((side) => (
            <tr key={side.splitBy}>
              <td>{t(`data.divided.${side.splitBy}`)}</td>
              <td>
                <span className={styles.bar} aria-hidden="true">
                  <i
                    style={{ width: `${Math.max(0, Math.min(1, side.mean)) * 100}%` }}
                    data-kind={side.splitBy}
                  />
                </span>
              </td>
              <td className={layout.number}>{formatScore(side.mean)}</td>
              <td className={layout.number}>{side.images}</td>
              <td className={layout.dim}>{side.each.map((value) => formatScore(value)).join(' · ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
