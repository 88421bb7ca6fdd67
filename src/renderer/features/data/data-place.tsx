/** Data: what a figure will be worth, before anything is trained. Groups, near-duplicates, splits, leaks, the gap, findings, the report. */
import { Button, Switch } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { AuditReport } from '../../../core/audit/report.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs, useHostInfo, useProject, useProjectRevision } from '../../api/queries.ts';
import { announce } from '../../app/announcer.tsx';
import { useActions, useKeyOf } from '../../app/keymap.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { usePathPicker } from '../../app/path-picker.tsx';
import { useRoute } from '../../app/route.ts';
import { formatCount, formatTime } from '../../ui/format-numbers.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import { ColumnsView } from './columns-view.tsx';
import { CopiesView } from './copies-view.tsx';
import styles from './data.module.css';
import { useAudit, useColumns, useOverview } from './data-queries.ts';
import { FindingsView } from './findings-view.tsx';
import { GapView } from './gap-view.tsx';
import { GroupsView } from './groups-view.tsx';
import { LeaksView } from './leaks-view.tsx';
import { SplitsView } from './splits-view.tsx';

const views = ['groups', 'copies', 'splits', 'leaks', 'gap', 'findings', 'columns'] as const;
type View = (typeof views)[number];

export function DataPlace(): ReactElement {
  const asked = new URLSearchParams(useRoute().query).get('view');
  const view = views.find((known) => known === asked) ?? 'groups';
  const overview = useOverview();
  const audit = useAudit();
  const report = audit.data ?? null;
  return (
    <div className={styles.data}>
      <DataToolbar report={report} />
      <div className={layout.columns}>
        <nav className={styles.views} aria-label={t('data.views')}>
          {views.map((id) => (
            <a key={id} href={`#/data?view=${id}`} aria-current={id === view ? 'page' : undefined}>
              <span>{t(`data.view.${id}`)}</span>
              <Count view={id} report={report} groups={overview.data?.groups.length} />
            </a>
          ))}
        </nav>
        {overview.isError ? (
          <ErrorNote error={readError(overview.error)} onRetry={() => void overview.refetch()} />
        ) : overview.data === undefined || audit.isPending ? (
          <Waiting label={t('action.loading')} />
        ) : view === 'groups' ? (
          <GroupsView overview={overview.data} report={report} />
        ) : view === 'splits' ? (
          <SplitsView overview={overview.data} />
        ) : view === 'gap' ? (
          <GapView />
        ) : view === 'columns' ? (
          <ColumnsView report={report} />
        ) : report === null ? (
          <div className={styles.middle}>
            <EmptyState icon="data" title={t('data.none')} text={t('data.noneText')} />
          </div>
        ) : view === 'copies' ? (
          <CopiesView report={report} />
        ) : view === 'leaks' ? (
          <LeaksView report={report} />
        ) : (
          <FindingsView report={report} />
        )}
      </div>
    </div>
  );
}

function Count({
  view,
  report,
  groups,
}: {
  view: View;
  report: AuditReport | null;
  groups: number | undefined;
}): ReactElement | null {
  const columns = useColumns().data?.length ?? 0;
  const counts: Readonly<Partial<Record<View, number | undefined>>> = {
    groups,
    copies: report?.chains.length,
    leaks: report?.leaks.filter(({ verdict }) => verdict.kind !== 'none').length,
    findings: report?.findings.length,
    columns: columns === 0 ? undefined : columns,
  };
  const n = counts[view];
  return n === undefined ? null : (
    <span className={styles.count} data-alarm={(view === 'leaks' && n > 0) || undefined}>
      {formatCount(n)}
    </span>
  );
}

function DataToolbar({ report }: { report: AuditReport | null }): ReactElement {
  const session = useLabelSession();
  const project = useProject();
  const revision = useProjectRevision();
  const info = useHostInfo();
  const [withFeatures, setWithFeatures] = useState(false);
  const start = useAction((features: boolean) => api.startAudit.mutate({ features, seed: 1 }));
  const save = useAction(
    (file: string) => api.saveAudit.mutate({ file }),
    ({ file }) => announce(t('data.saved', { file })),
  );
  const picker = usePathPicker();
  const isRunning = useActiveJobs().some(({ kind }) => kind === 'audit');
  const run = (): void => start.mutate(withFeatures);
  const undo = (command: 'history.undo' | 'history.redo') => () => void session?.editor.run(command);
  useActions({ 'data.audit': run, 'data.undo': undo('history.undo'), 'data.redo': undo('history.redo') });
  const separator = info.data?.homeDir.includes('\\') === true ? '\\' : '/';
  const isStale = report !== null && report.revision !== revision;
  const made =
    report === null ? '' : t(isStale ? 'data.stale' : 'data.fresh', { time: formatTime(report.madeAtMs) });
  return (
    <>
      <div className={layout.toolbar} role="toolbar" aria-label={t('data.tools')}>
        <Button
          size="xs"
          leftSection={<Icon name="search" />}
          loading={start.isPending || isRunning}
          onClick={run}
        >
          {t('data.start')}
        </Button>
        <Switch
          size="xs"
          className={styles.features ?? ''}
          checked={withFeatures}
          label={t('data.features')}
          title={t('data.featuresText')}
          onChange={(event) => setWithFeatures(event.currentTarget.checked)}
        />
        <span className={layout.rule} />
        <IconButton
          icon="undo"
          label={t('data.undo')}
          keys={useKeyOf('data.undo')}
          onClick={undo('history.undo')}
        />
        <IconButton
          icon="redo"
          label={t('data.redo')}
          keys={useKeyOf('data.redo')}
          onClick={undo('history.redo')}
        />
        <span className={layout.gap} />
        {report === null ? null : (
          <>
            <span className={`${layout.dim} ${layout.ellipsis} ${styles.when}`} title={made}>
              {made}
            </span>
            <Button
              size="xs"
              variant="default"
              component="a"
              href="/audit/report.html"
              target="_blank"
              title={t('data.openReportText')}
            >
              {t('data.openReport')}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="export" />}
              loading={save.isPending}
              onClick={() =>
                picker.ask({
                  title: t('data.pickReport'),
                  kind: 'folder',
                  onPick: (dir) =>
                    save.mutate([dir, `${project.data?.name ?? 'project'}-audit.html`].join(separator)),
                })
              }
            >
              {t('data.saveReport')}
            </Button>
          </>
        )}
      </div>
      {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
      {save.isError ? <ErrorNote error={readError(save.error)} onDismiss={save.reset} /> : null}
      {picker.dialog}
    </>
  );
}
