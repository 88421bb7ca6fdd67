/** One press for the ranges of all figures in the table of models, and what these figures rest on. */
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { trainingPlanSchema } from '../../../core/learning.ts';
import type { ModelRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs, useEvaluations } from '../../api/queries.ts';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './train.module.css';

/** Nothing once every model that has figures has their ranges for the labels as they are. */
export function JudgeAll({ models }: { models: readonly ModelRecord[] }): ReactElement | null {
  const judged = models.filter(({ metrics }) => metrics !== null && metrics.n > 0);
  const known = useEvaluations(
    judged.map(({ id }) => id),
    'valid',
  );
  const waiting = judged.filter((_, i) => {
    const view = known[i]?.data;
    return view === null || view?.isStale === true;
  });
  const judge = useAction(async (ids: readonly string[]) => {
    for (const modelId of ids) await api.startEvaluation.mutate({ modelId, split: 'valid' });
  });
  const isJudging = useActiveJobs().some(({ kind }) => kind === 'evaluate');
  if (waiting.length === 0 && !isJudging) return null;
  return (
    <>
      {judge.isError ? <ErrorNote error={readError(judge.error)} onDismiss={judge.reset} /> : null}
      <Button
        variant="default"
        title={t('model.judgeAllText')}
        loading={isJudging || judge.isPending}
        onClick={() => judge.mutate(waiting.map(({ id }) => id))}
      >
        {t('model.judgeAll')}
      </Button>
    </>
  );
}

/** Said where models may have been judged on different photographs: their figures side by side would mislead. */
export function JudgedOn({ models }: { models: readonly ModelRecord[] }): ReactElement | null {
  const judged = models.filter(({ metrics }) => metrics !== null && metrics.n > 0);
  if (judged.length < 2 || judged.every(({ plan }) => readSplitBy(plan) === 'as-marked')) return null;
  return <p className={styles.reading}>{t('model.judgedApart')}</p>;
}

const readSplitBy = (plan: ModelRecord['plan']): string | undefined =>
  trainingPlanSchema.pick({ splitBy: true }).partial().catch({}).parse(plan).splitBy;
