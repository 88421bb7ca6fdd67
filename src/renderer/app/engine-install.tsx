/** The button that makes training faster: installs native TensorFlow with its progress, says why it cannot, and takes it away again. */
import { Button, Progress } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { isJobOver, type Job, type JobProgress } from '../../core/jobs.ts';
import type { EngineStatus } from '../../core/learning.ts';
import { api } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { keys } from '../api/keys.ts';
import { useAction, useJobs } from '../api/queries.ts';
import { formatCount, formatDuration } from '../ui/format-numbers.ts';
import { t } from '../ui/messages.ts';
import { ErrorNote } from '../ui/notes.tsx';
import styles from './engine-install.module.css';

type Variant = 'cpu' | 'cuda';

export function EngineInstall({ status }: { status: EngineStatus }): ReactElement {
  const jobs = useJobs().data ?? [];
  const [dismissedId, setDismissedId] = useState<string | null>(null);
  const install = useAction((variant: Variant) => api.installEngine.mutate({ variant }));
  const [last] = jobs
    .filter(({ kind }) => kind === 'engine-install')
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  if (last !== undefined && !isJobOver(last.state)) return <Installing job={last} />;
  const offers = [...new Set(status.backends.flatMap((backend) => backend.install ?? []))];
  const failed = last?.state.status === 'failed' && last.id !== dismissedId ? last.state.error : null;
  return (
    <div className={styles.install}>
      {install.isError ? <ErrorNote error={readError(install.error)} /> : null}
      {failed === null ? null : (
        <ErrorNote error={failed} onDismiss={() => setDismissedId(last?.id ?? null)} />
      )}
      {offers.map((variant) => (
        <div key={variant}>
          <Button
            fullWidth
            className={styles.button ?? ''}
            variant={variant === offers[0] ? 'filled' : 'default'}
            loading={install.isPending && install.variables === variant}
            onClick={() => install.mutate(variant)}
          >
            {t(variant === 'cuda' ? 'engine.installCuda' : 'engine.install')}
          </Button>
          <p className={styles.note}>
            {t(variant === 'cuda' ? 'engine.installCudaNote' : 'engine.installNote')}
          </p>
        </div>
      ))}
      {status.installed.length === 0 ? null : (
        <Uninstall isBusy={jobs.some(({ state }) => !isJobOver(state))} />
      )}
    </div>
  );
}

/** A running install: what it does, how far it is, and the way to stop it. */
function Installing({ job }: { job: Job }): ReactElement {
  const cancel = useAction((id: string) => api.cancelJob.mutate({ id }));
  const progress = job.state.status === 'running' ? job.state.progress : null;
  const isKnown = progress !== null && progress.total > 0;
  return (
    <div className={styles.install}>
      <div className={styles.row} aria-live="polite">
        <span>{progress === null ? t('job.queued') : describe(progress)}</span>
        {progress === null || progress.etaMs === null ? null : (
          <span className={styles.note}>{t('job.left', { time: formatDuration(progress.etaMs) })}</span>
        )}
      </div>
      <Progress
        value={isKnown ? Math.min(100, (100 * progress.done) / progress.total) : 100}
        animated={!isKnown}
        aria-label={t('engine.installing')}
      />
      <Button
        variant="default"
        className={styles.button ?? ''}
        loading={cancel.isPending}
        onClick={() => cancel.mutate(job.id)}
      >
        {t('engine.installCancel')}
      </Button>
      {cancel.isError ? <ErrorNote error={readError(cancel.error)} /> : null}
    </div>
  );
}

const phases = {
  check: 'engine.phaseCheck',
  download: 'engine.phaseDownload',
  unpack: 'engine.phaseUnpack',
  build: 'engine.phaseBuild',
  'self-test': 'engine.phaseTest',
} as const;

function describe({ phase, done, total, unit }: JobProgress): string {
  const key = (phases as Readonly<Record<string, (typeof phases)[keyof typeof phases]>>)[phase];
  const name = key === undefined ? phase : t(key);
  const megabytes = (bytes: number): string => formatCount(Math.round(bytes / 1e6));
  return unit === 'bytes' && total > 0
    ? t('engine.phaseBytes', { phase: name, done: megabytes(done), total: megabytes(total) })
    : name;
}

/** Asks once more before it removes, and waits while something runs: the engine starts afresh afterwards. */
function Uninstall({ isBusy }: { isBusy: boolean }): ReactElement {
  const cache = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const remove = useAction(
    (_: undefined) => api.uninstallEngine.mutate(),
    () => void cache.invalidateQueries({ queryKey: keys.engine }),
  );
  if (!isAsking) {
    return (
      <div>
        <Button
          fullWidth
          className={styles.button ?? ''}
          variant="default"
          disabled={isBusy}
          onClick={() => setAsking(true)}
        >
          {t('engine.uninstall')}
        </Button>
        {isBusy ? <p className={styles.note}>{t('engine.uninstallBusy')}</p> : null}
      </div>
    );
  }
  return (
    <div className={styles.install}>
      <p>{t('engine.uninstallAsk')}</p>
      {remove.isError ? <ErrorNote error={readError(remove.error)} /> : null}
      <div className={styles.row}>
        <Button
          className={styles.button ?? ''}
          color="red"
          loading={remove.isPending}
          onClick={() => remove.mutate(undefined)}
        >
          {t('engine.uninstallYes')}
        </Button>
        <Button className={styles.button ?? ''} variant="default" onClick={() => setAsking(false)}>
          {t('action.cancel')}
        </Button>
      </div>
    </div>
  );
}
