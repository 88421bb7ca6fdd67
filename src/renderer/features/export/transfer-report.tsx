/** What an export or import did, to the last box: counts, what was skipped and why, what was clipped, the files. */
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import type { TransferReport } from '../../../contract/transfer.ts';
import type { Job } from '../../../core/jobs.ts';
import { nativeExtras } from '../../app/native.ts';
import { formatCount, formatTime } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Remark, Waiting } from '../../ui/notes.tsx';
import styles from './export.module.css';

const shownRows = 100;

export function TransferReportView({ job }: { job: Job }): ReactElement {
  const { state } = job;
  if (state.status === 'failed') return <ErrorNote error={state.error} />;
  if (state.status === 'running' || state.status === 'queued') return <Waiting label={job.title} />;
  const report = readReport(job.result);
  if (report === null) return <p className={layout.dim}>{t('export.unfinished')}</p>;
  const dir = job.result?.dir;
  return (
    <div className={styles.report}>
      <p className={layout.dim}>
        {formatTime(job.createdAtMs)} · {state.status === 'done' ? state.summary : ''}
      </p>
      <dl className={styles.figures}>
        <Figure name={t('report.images')} value={report.images} />
        <Figure name={t('report.boxes')} value={report.boxes} />
        <Figure name={t('report.skipped')} value={report.skipped.length} />
        <Figure name={t('report.clipped')} value={report.clipped} />
      </dl>
      {report.notes.map((note) => (
        <Remark key={note} kind="info">
          {note}
        </Remark>
      ))}
      {report.skipped.length === 0 ? null : (
        <table className={layout.table}>
          <thead>
            <tr>
              <th scope="col">{t('report.what')}</th>
              <th scope="col">{t('report.why')}</th>
            </tr>
          </thead>
          <tbody>
            {report.skipped.slice(0, shownRows).map(({ what, why }) => (
              <tr key={`${what} ${why}`}>
                <td>{what}</td>
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {report.skipped.length > shownRows ? (
        <p className={layout.dim}>{t('report.more', { n: report.skipped.length - shownRows })}</p>
      ) : null}
      {report.files.length === 0 ? null : (
        <details>
          <summary>{t('report.files', { n: report.files.length })}</summary>
          <ul className={styles.files}>
            {report.files.slice(0, shownRows).map((file) => (
              <li key={file}>{file}</li>
            ))}
          </ul>
        </details>
      )}
      {nativeExtras() === undefined || typeof dir !== 'string' ? null : (
        <Button variant="default" onClick={() => void nativeExtras()?.showInFolder(dir)}>
          {t('report.show')}
        </Button>
      )}
    </div>
  );
}

function Figure({ name, value }: { name: string; value: number }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}

/** The result of a transfer job, or null when it has none. The host checked it; only its presence is asked here. */
function readReport(result: Job['result']): TransferReport | null {
  return result !== null && Array.isArray(result.skipped) && typeof result.images === 'number'
    ? (result as unknown as TransferReport)
    : null;
}
