/** The figures of one model on one part of the images: with ranges, class by class, beside guesses that do not look at the photograph. */
import { Button, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { SplitChoice } from '../../../contract/host-api.ts';
import { type EvaluationReport, fewGroups } from '../../../core/evaluation.ts';
import type { ModelRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useEvaluation, useJobs } from '../../api/queries.ts';
import { formatCount, formatTime } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import { CalibrationChart } from './calibration-chart.tsx';
import { BaselineTable, BoxClassTable, FigureTable, ImageClassTable, UnseenTable } from './figure-tables.tsx';
import styles from './figures.module.css';

const splits = ['valid', 'train', 'test', 'all'] as const satisfies readonly SplitChoice[];

export function ModelFigures({ model }: { model: ModelRecord }): ReactElement {
  const [split, setSplit] = useState<SplitChoice>('valid');
  const evaluation = useEvaluation(model.id, split);
  const start = useAction(() => api.startEvaluation.mutate({ modelId: model.id, split }));
  const job = (useJobs().data ?? [])
    .filter(({ kind, input }) => kind === 'evaluate' && input.modelId === model.id && input.split === split)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
  const isJudging = job?.state.status === 'queued' || job?.state.status === 'running';
  const view = evaluation.data ?? null;
  const fault = start.error ?? evaluation.error;
  return (
    <section className={styles.figures} aria-label={t('figures.open', { name: model.name })}>
      <div className={styles.head}>
        <span className={layout.dim}>{t('figures.judgedOn')}</span>
        <Select
          size="xs"
          aria-label={t('figures.judgedOn')}
          data={splits.map((value) => ({ value, label: t(`split.${value}`) }))}
          value={split}
          onChange={(value) => setSplit(splits.find((known) => known === value) ?? 'valid')}
        />
        <Button
          size="xs"
          variant="default"
          loading={isJudging || start.isPending}
          onClick={() => start.mutate(undefined)}
        >
          {view === null ? t('figures.judge') : t('figures.judgeAgain')}
        </Button>
        <span className={layout.dim}>
          {view === null
            ? t(isJudging ? 'figures.judging' : 'figures.none')
            : `${t('figures.images', { n: view.report.n })} · ${formatTime(view.evaluatedAtMs)}`}
          {view?.isStale === true ? ` · ${t('figures.stale')}` : ''}
        </span>
      </div>
      {fault === null ? null : <ErrorNote error={readError(fault)} />}
      {job?.state.status === 'failed' ? <ErrorNote error={job.state.error} /> : null}
      {view === null ? null : <Report report={view.report} />}
    </section>
  );
}

function Report({ report }: { report: EvaluationReport }): ReactElement {
  const { calibration, baselines, perImageClass, unseen } = report;
  return (
    <div className={styles.parts}>
      <FigureTable report={report} note={describeGroups(report)} />
      {unseen === null ? null : <UnseenTable unseen={unseen} />}
      {baselines === null ? null : <BaselineTable baselines={baselines} />}
      <BoxClassTable report={report} />
      {perImageClass === null ? null : <ImageClassTable entries={perImageClass} />}
      {calibration.detections === null && calibration.images === null ? null : (
        <div className={styles.part}>
          <h3>{t('figures.calibration')}</h3>
          {calibration.detections === null ? null : (
            <CalibrationChart of="detections" calibration={calibration.detections} />
          )}
          {calibration.images === null ? null : (
            <CalibrationChart of="images" calibration={calibration.images} />
          )}
        </div>
      )}
    </div>
  );
}

function describeGroups({ groups, rounds }: EvaluationReport): string {
  if (groups.count < 2) return t('figures.oneGroup');
  const values = { n: formatCount(groups.count), rounds: formatCount(rounds) };
  if (groups.by !== 'group') return t('figures.byImages', values);
  return groups.count < fewGroups ? t('figures.byFewGroups', values) : t('figures.byGroups', values);
}
