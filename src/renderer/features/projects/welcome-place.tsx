/** Welcome: the sample first and large, a folder of photographs, projects opened before. Nothing to configure. */
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useCallback, useEffect } from 'react';
import type { RecentProject } from '../../../contract/host-api.ts';
import type { ProjectSummary } from '../../../contract/schemas.ts';
import { isJobOver } from '../../../core/jobs.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { takeProject } from '../../api/events.ts';
import { useAction, useJobs, useProject, useRecentProjects } from '../../api/queries.ts';
import { usePathPicker } from '../../app/path-picker.tsx';
import { goTo } from '../../app/route.ts';
import { formatTime } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote } from '../../ui/notes.tsx';
import { FishScene } from './fish-scene.tsx';
import styles from './welcome.module.css';

export function WelcomePlace(): ReactElement {
  const project = useProject();
  const picker = usePathPicker();
  const sample = useSample();
  const enter = useEnter();
  const create = useAction(
    (imagesDir: string) => api.createProject.mutate({ imagesDir }),
    (made) => enter(made.project),
  );
  const open = useAction((path: string) => api.openProject.mutate({ path }), enter);
  const fault = create.error ?? open.error ?? sample.error;
  const askPhotographs = (): void =>
    picker.ask({ title: t('welcome.pickPhotographs'), kind: 'folder', onPick: create.mutate });
  const askProject = (): void =>
    picker.ask({ title: t('welcome.pickProject'), kind: 'project', onPick: open.mutate });
  return (
    <div className={layout.page}>
      <div className={styles.welcome}>
        <header className={styles.title}>
          <h1>{t('welcome.title')}</h1>
          <p>{t('welcome.text')}</p>
        </header>
        {fault === null ? null : <ErrorNote error={readError(fault)} />}
        <div className={styles.ways}>
          <button type="button" className={styles.sample} disabled={sample.isBusy} onClick={sample.open}>
            <FishScene />
            <span className={styles.sampleText}>
              <strong>{t('welcome.sample')}</strong>
              <span>{sample.isBusy ? t('welcome.sampleBusy') : t('welcome.sampleText')}</span>
            </span>
          </button>
          <div className={styles.right}>
            <button type="button" className={styles.way} disabled={create.isPending} onClick={askPhotographs}>
              <Icon name="folder" size={20} />
              <span>
                <strong>{t('welcome.photographs')}</strong>
                <span>{create.isPending ? t('action.loading') : t('welcome.photographsText')}</span>
              </span>
            </button>
            <button type="button" className={styles.way} disabled={open.isPending} onClick={askProject}>
              <Icon name="file" size={20} />
              <span>
                <strong>{t('welcome.project')}</strong>
                <span>{t('welcome.projectText')}</span>
              </span>
            </button>
            {project.data === null || project.data === undefined ? null : (
              <Button variant="light" onClick={() => goTo('annotate')}>
                {t('welcome.continue', { name: project.data.name })}
              </Button>
            )}
          </div>
        </div>
        <RecentList onOpen={open.mutate} />
      </div>
      {picker.dialog}
    </div>
  );
}

/** Goes to a project just opened; the event that tells of it may come later than the answer. */
function useEnter(): (project: ProjectSummary) => void {
  const cache = useQueryClient();
  return useCallback(
    (project) => {
      takeProject(cache, project);
      goTo('annotate');
    },
    [cache],
  );
}

/** Opens the sample; when it must be drawn first, waits for that job and then opens it. */
function useSample(): { open: () => void; isBusy: boolean; error: Error | null } {
  const jobs = useJobs();
  const start = useAction(() => api.openSample.mutate());
  const jobId = start.data?.jobId ?? null;
  const isReady = start.data !== undefined && start.data.project !== null && jobId === null;
  const job = jobs.data?.find(({ id }) => id === jobId);
  const isDone = job?.state.status === 'done';
  const { mutate, reset } = start;
  const enter = useEnter();
  const project = start.data?.project ?? null;
  useEffect(() => {
    if (isReady && project !== null) {
      reset();
      enter(project);
    } else if (isDone) mutate(undefined);
  }, [isReady, isDone, mutate, reset, project, enter]);
  return {
    open: () => mutate(undefined),
    isBusy: start.isPending || (job !== undefined && !isJobOver(job.state)),
    error: start.error,
  };
}

function RecentList({ onOpen }: { onOpen: (path: string) => void }): ReactElement {
  const recent = useRecentProjects();
  const list = recent.data ?? [];
  return (
    <section className={layout.section} aria-label={t('welcome.recent')}>
      <h2>{t('welcome.recent')}</h2>
      {list.length === 0 ? (
        <EmptyState icon="folder" title={t('welcome.noRecent')} text={t('welcome.noRecentText')} />
      ) : (
        <ul className={styles.recent}>
          {list.map((entry) => (
            <RecentRow key={entry.path} entry={entry} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </section>
  );
}

function RecentRow({
  entry,
  onOpen,
}: {
  entry: RecentProject;
  onOpen: (path: string) => void;
}): ReactElement {
  return (
    <li>
      <button type="button" disabled={!entry.exists} onClick={() => onOpen(entry.path)}>
        <Icon name={entry.exists ? 'fish' : 'problem'} />
        <strong>{entry.name}</strong>
        <span className={styles.recentPath}>
          <bdi dir="ltr">{entry.exists ? entry.path : t('welcome.missing', { path: entry.path })}</bdi>
        </span>
        <span className={styles.recentTime}>{formatTime(entry.openedAtMs)}</span>
      </button>
    </li>
  );
}
