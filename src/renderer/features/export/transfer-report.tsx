/** What an export or import did, to the last box: counts, what was left out and why, tables, image by image, the files; as a page, too. */
import { Button, Menu } from '@mantine/core';
import { type ReactElement, useSyncExternalStore } from 'react';
import { importPreviewSchema } from '../../../contract/import-plan.ts';
import { type TransferReport, transferReportSchema } from '../../../contract/transfer.ts';
import type { Job } from '../../../core/jobs.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useFormats, useHostInfo, useProject } from '../../api/queries.ts';
import { announce } from '../../app/announcer.tsx';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { nativeExtras } from '../../app/native.ts';
import { usePathPicker } from '../../app/path-picker.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { formatTime } from '../../ui/format-numbers.ts';
import { hostSummary, transferSentence } from '../../ui/host-words.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Remark, Waiting } from '../../ui/notes.tsx';
import styles from './export.module.css';
import { Figure, SkippedTable } from './report-parts.tsx';
import { ReportRows } from './report-rows.tsx';

const shownFiles = 100;

export function TransferReportView({ job }: { job: Job }): ReactElement {
  const { state } = job;
  if (state.status === 'failed') return <ErrorNote error={state.error} />;
  if (state.status === 'running' || state.status === 'queued') return <Waiting label={job.title} />;
  const parsed = transferReportSchema.safeParse(job.result);
  if (!parsed.success) return <p className={layout.dim}>{t('export.unfinished')}</p>;
  const report = parsed.data;
  const isImport = job.kind === 'import';
  return (
    <div className={styles.report}>
      <p className={layout.dim}>
        {formatTime(job.createdAtMs)} · {state.status === 'done' ? hostSummary(state.summary) : ''}
      </p>
      <Figures job={job} report={report} />
      <ReportActions job={job} report={report} />
      {(report.tables ?? []).map(({ title, head, rows }) => (
        <div key={title} className={styles.choice}>
          <h3>{transferSentence(title)}</h3>
          <table className={layout.table}>
            <thead>
              <tr>
                {head.map((name) => (
                  <th key={name} scope="col">
                    {transferSentence(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.join()} data-mark={row.at(-1)}>
                  {row.map((cell, i) => (
                    <td key={`${head[i] ?? ''} ${cell}`}>{transferSentence(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
      {report.notes.map((note) => (
        <Remark key={note} kind="info">
          <CodeText text={transferSentence(note)} />
        </Remark>
      ))}
      {report.skipped.length === 0 ? null : <SkippedTable skipped={report.skipped} />}
      <ReportRows key={job.id} jobId={job.id} isImport={isImport} />
      {report.files.length === 0 ? null : (
        <details className={styles.more}>
          <summary>{t('report.files', { n: report.files.length })}</summary>
          <ul className={styles.files}>
            {report.files.slice(0, shownFiles).map((file) => (
              <li key={file}>{file}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Figures({ job, report }: { job: Job; report: TransferReport }): ReactElement {
  const isImport = job.kind === 'import';
  const preview = importPreviewSchema.safeParse(job.result?.preview);
  // A table of whole images counts no boxes.
  const format = useFormats().data?.find(({ id }) => id === report.format);
  if (!isImport && format?.holdsBoxes === false)
    return (
      <dl className={styles.figures}>
        <Figure name={t('report.images')} value={report.images} />
      </dl>
    );
  return (
    <dl className={styles.figures}>
      <Figure name={t('report.images')} value={report.images} />
      {report.seen === undefined ? null : (
        <Figure name={t(isImport ? 'report.in' : 'report.out')} value={report.seen.boxes} />
      )}
      <Figure name={t(isImport ? 'report.boxesIn' : 'report.boxesOut')} value={report.boxes} />
      {preview.success ? (
        <>
          <Figure name={t('report.repeated')} value={preview.data.boxes.repeated} />
          <Figure name={t('report.removed')} value={preview.data.boxes.removed} />
        </>
      ) : null}
      <Figure name={t('report.clipped')} value={report.clipped} />
    </dl>
  );
}

const noNews = () => () => undefined;
const kinds = ['html', 'csv', 'json'] as const;

function ReportActions({ job, report }: { job: Job; report: TransferReport }): ReactElement {
  const session = useLabelSession();
  const project = useProject();
  const info = useHostInfo();
  const picker = usePathPicker();
  const save = useAction(
    (file: string) => api.saveTransfer.mutate({ jobId: job.id, file }),
    ({ file }) => announce(t('report.saved', { file }), 'note'),
  );
  const separator = info.data?.homeDir.includes('\\') === true ? '\\' : '/';
  const name = `${project.data?.name ?? 'labels'}-${job.kind}`;
  const dir = job.result?.dir;
  // Undo goes step by step: this import can be taken back here while it is the last one.
  const next = useSyncExternalStore(
    session?.editor.subscribe ?? noNews,
    () => session?.editor.nextUndo()?.id,
  );
  const isLast = report.gestureId != null && next === report.gestureId;
  return (
    <div className={layout.row}>
      {isLast ? (
        <Button
          variant="default"
          leftSection={<Icon name="undo" />}
          onClick={() => void session?.editor.run('history.undo')}
        >
          {t('import.undo')}
        </Button>
      ) : null}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="default" leftSection={<Icon name="file" />} loading={save.isPending}>
            {t('report.save')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {kinds.map((kind) => (
            <Menu.Item
              key={kind}
              onClick={() =>
                picker.ask({
                  title: t('report.saveFolder'),
                  kind: 'folder',
                  onPick: (folder) => save.mutate([folder, `${name}.${kind}`].join(separator)),
                })
              }
            >
              {t(`report.save.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {nativeExtras() === undefined || typeof dir !== 'string' ? null : (
        <Button
          variant="default"
          leftSection={<Icon name="folder" />}
          onClick={() => void nativeExtras()?.showInFolder(dir)}
        >
          {t('report.show')}
        </Button>
      )}
      {save.isError ? <ErrorNote error={readError(save.error)} onDismiss={save.reset} /> : null}
      {picker.dialog}
    </div>
  );
}
