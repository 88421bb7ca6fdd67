/** The newest run: progress in words, a live chart for every loss and metric, cancel and resume. */
import { Button, Progress } from '@mantine/core';
import { type ReactElement, useMemo } from 'react';
import { isJobOver, type Job } from '../../../core/jobs.ts';
import type { RecipeInfo } from '../../../core/learning.ts';
import { api } from '../../api/client.ts';
import { useAction, useCurve } from '../../api/queries.ts';
import { CurveChart } from '../../ui/curve-chart.tsx';
import { formatDuration } from '../../ui/format-numbers.ts';
import { hostSentence } from '../../ui/host-words.ts';
import { describeJob } from '../../ui/job-text.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote } from '../../ui/notes.tsx';
import { makeCharts } from './curves.ts';
import styles from './train.module.css';

export function RunView({ job, recipes }: { job: Job | null; recipes: readonly RecipeInfo[] }): ReactElement {
  const curve = useCurve(job?.id ?? null);
  const recipe = recipes.find(({ id }) => id === job?.input.recipe);
  const charts = useMemo(() => makeCharts(curve.data ?? []), [curve.data]);
  return (
    <section className={layout.section} aria-label={t('train.run')}>
      <h2>{t('train.run')}</h2>
      {job === null ? (
        <EmptyState icon="train" title={t('train.noRun')} text={t('train.noRunText')} />
      ) : (
        <>
          <RunHead job={job} elapsedMs={curve.data?.at(-1)?.elapsedMs ?? null} />
          {job.state.status === 'failed' ? <ErrorNote error={job.state.error} /> : null}
          {charts.length === 0 && !isJobOver(job.state) ? (
            <p className={layout.dim}>{t('train.firstPoints')}</p>
          ) : null}
          <div className={styles.charts}>
            {charts.map((chart) => (
              <CurveChart key={chart.title} title={chart.title} lines={chart.lines} />
            ))}
          </div>
          {recipe === undefined || charts.length === 0 ? null : (
            <p className={styles.reading}>
              {t('train.axis')} {recipe.readingTheNumbers}
            </p>
          )}
        </>
      )}
    </section>
  );
}

function RunHead({ job, elapsedMs }: { job: Job; elapsedMs: number | null }): ReactElement {
  const cancel = useAction((id: string) => api.cancelJob.mutate({ id }));
  const resume = useAction((id: string) => api.resumeJob.mutate({ id }));
  const { state } = job;
  const isActive = !isJobOver(state);
  const progress = state.status === 'running' ? state.progress : null;
  const isKnown = progress !== null && progress.total > 0;
  const canResume =
    state.status === 'interrupted' || state.status === 'failed' || state.status === 'cancelled';
  return (
    <div className={styles.run}>
      <div className={styles.runLine}>
        <strong className={layout.ellipsis}>{hostSentence(job.title)}</strong>
        <span className={layout.dim}>{describeRun(job)}</span>
        <span className={styles.runTimes}>
          {elapsedMs === null || !isActive ? '' : t('train.elapsed', { time: formatDuration(elapsedMs) })}
          {progress?.etaMs === null || progress === null
            ? ''
            : ` · ${t('job.left', { time: formatDuration(progress.etaMs) })}`}
        </span>
        {isActive ? (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
            {t('action.cancel')}
          </Button>
        ) : null}
        {canResume ? (
          <Button variant="light" loading={resume.isPending} onClick={() => resume.mutate(job.id)}>
            {t('job.resume')}
          </Button>
        ) : null}
      </div>
      {isActive ? (
        <Progress
          value={isKnown ? (100 * progress.done) / progress.total : 100}
          animated={!isKnown}
          aria-label={hostSentence(job.title)}
        />
      ) : null}
    </div>
  );
}

/** A fault is told in a note of its own. */
const describeRun = ({ state }: Job): string =>
  state.status === 'failed' ? t('job.failed') : describeJob(state);
