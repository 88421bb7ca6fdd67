/** The bottom strip: what runs, how far, how long; cancel, resume, dismiss. Quiet when nothing happens. */
import { Button, Progress } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { ProjectSummary } from '../../contract/schemas.ts';
import { isJobOver, type Job } from '../../core/jobs.ts';
import { api } from '../api/client.ts';
import { useAction, useJobs, useProject } from '../api/queries.ts';
import { CodeText } from '../ui/code-text.tsx';
import { formatDuration } from '../ui/format-numbers.ts';
import { hostSentence } from '../ui/host-words.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { describeJob } from '../ui/job-text.ts';
import { t } from '../ui/messages.ts';
import { ModelOfferLine } from './model-offer-line.tsx';
import styles from './shell.module.css';

/** Done jobs leave by themselves; failed and interrupted ones stay until dismissed. */
const doneShownMs = 6000;

export function JobStrip(): ReactElement {
  const jobs = useJobs();
  const project = useProject();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const [watched, setWatched] = useState<ReadonlySet<string>>(new Set());
  const list = jobs.data ?? [];
  const activeIds = list
    .filter(({ state }) => !isJobOver(state))
    .map(({ id }) => id)
    .join();
  // Only what ended before the person's eyes is news: old jobs of the project are not.
  useEffect(() => {
    if (activeIds !== '') setWatched((old) => new Set([...old, ...activeIds.split(',')]));
  }, [activeIds]);
  const dismiss = (id: string): void => setDismissed((old) => new Set([...old, id]));
  const shown = list.filter(({ id, state, input }) => {
    // What only tries something out is told where it was asked for.
    if (dismissed.has(id) || input.dryRun === true) return false;
    return (
      !isJobOver(state) || state.status === 'interrupted' || (watched.has(id) && state.status !== 'cancelled')
    );
  });
  return (
    <section className={styles.jobs} aria-label={t('job.strip')}>
      {project.data ? <ModelOfferLine /> : null}
      {shown.length === 0 ? <QuietLine project={project.data ?? null} /> : null}
      {shown.map((job) => (
        <JobRow key={job.id} job={job} onDismiss={() => dismiss(job.id)} />
      ))}
    </section>
  );
}

function QuietLine({ project }: { project: Pick<ProjectSummary, 'counts' | 'path'> | null }): ReactElement {
  if (project === null)
    return (
      <div className={styles.quiet}>
        <span>{t('job.quietWelcome')}</span>
      </div>
    );
  const { images, boxes, labelled, reviewed, empty } = project.counts;
  return (
    <div className={styles.quiet}>
      <span>
        {t('job.quiet', {
          images: t('annotate.count', { n: images }),
          seen: labelled + reviewed + empty,
          boxes: t('annotate.boxesHere', { n: boxes }),
        })}
      </span>
      <span title={project.path}>{t('job.saved')}</span>
    </div>
  );
}

const icons: Readonly<Record<Job['kind'], IconName>> = {
  scan: 'folder',
  features: 'engine',
  train: 'train',
  predict: 'suggestion',
  evaluate: 'compare',
  import: 'import',
  export: 'export',
  'export-model': 'export',
  'engine-install': 'engine',
  'backbone-add': 'engine',
  sample: 'fish',
  audit: 'data',
  split: 'data',
  gap: 'compare',
  effect: 'figures',
};

function JobRow({ job, onDismiss }: { job: Job; onDismiss: () => void }): ReactElement {
  const { state } = job;
  const cancel = useAction((id: string) => api.cancelJob.mutate({ id }));
  const resume = useAction((id: string) => api.resumeJob.mutate({ id }), onDismiss);
  const latest = useRef(onDismiss);
  latest.current = onDismiss;
  useEffect(() => {
    if (state.status !== 'done') return undefined;
    const timer = setTimeout(() => latest.current(), doneShownMs);
    return () => clearTimeout(timer);
  }, [state.status]);
  const isActive = !isJobOver(state);
  return (
    <div className={styles.job} data-status={state.status} data-testid={`job-${job.kind}`}>
      <span className={styles.jobIcon}>
        <Icon
          name={state.status === 'failed' ? 'problem' : state.status === 'done' ? 'check' : icons[job.kind]}
        />
      </span>
      <span className={styles.jobTitle} title={hostSentence(job.title)}>
        {hostSentence(job.title)}
      </span>
      <JobNote job={job} />
      {isActive ? <JobBar job={job} /> : null}
      {state.status === 'interrupted' || (state.status === 'failed' && job.kind === 'train') ? (
        <Button variant="light" loading={resume.isPending} onClick={() => resume.mutate(job.id)}>
          {t('job.resume')}
        </Button>
      ) : null}
      {isActive ? (
        <Button
          variant="subtle"
          color="gray"
          loading={cancel.isPending}
          onClick={() => cancel.mutate(job.id)}
        >
          {t('action.cancel')}
        </Button>
      ) : (
        <IconButton icon="cross" label={t('action.dismiss')} onClick={onDismiss} size={24} />
      )}
    </div>
  );
}

function JobNote({ job: { state } }: { job: Job }): ReactElement {
  return (
    <span className={styles.jobNote} role={state.status === 'failed' ? 'alert' : undefined}>
      <CodeText text={describeJob(state)} />
    </span>
  );
}

function JobBar({ job: { state, title } }: { job: Job }): ReactElement | null {
  const progress = state.status === 'running' ? state.progress : null;
  const isKnown = progress !== null && progress.total > 0;
  const value = isKnown ? Math.min(100, (100 * progress.done) / progress.total) : 100;
  return (
    <>
      <Progress
        className={styles.jobBar ?? ''}
        value={value}
        animated={!isKnown}
        aria-label={hostSentence(title)}
      />
      <span className={styles.jobTime}>
        {progress?.etaMs === null || progress === null
          ? ''
          : t('job.left', { time: formatDuration(progress.etaMs) })}
      </span>
    </>
  );
}
