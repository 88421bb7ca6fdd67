/** Columns of a person's own tables: what they hold, whether they give the class away, and where new ones come in. */
import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { MetadataColumn } from '../../../core/audit/metadata.ts';
import type { AuditReport } from '../../../core/audit/report.ts';
import { api } from '../../api/client.ts';
import { usePathPicker } from '../../app/path-picker.tsx';
import { formatCount, formatPercent } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState } from '../../ui/notes.tsx';
import { ColumnsDialog } from './columns-dialog.tsx';
import styles from './data.module.css';
import { useColumns, useGesture } from './data-queries.ts';

export function ColumnsView({ report }: { report: AuditReport | null }): ReactElement {
  const columns = useColumns().data;
  const [file, setFile] = useState<string | null>(null);
  const picker = usePathPicker();
  const remove = useGesture((names: string[], gestureId) =>
    api.removeMetadata.mutate({ gestureId, columns: names }),
  );
  return (
    <div className={layout.page}>
      <div className={layout.inner}>
        <div className={layout.row}>
          <p className={styles.lead}>{t('data.columnsLead')}</p>
          <Button
            size="xs"
            variant="default"
            className={styles.still ?? ''}
            onClick={() =>
              picker.ask({ title: t('data.pickTable'), kind: 'file-or-folder', onPick: setFile })
            }
          >
            {t('data.importTable')}
          </Button>
        </div>
        {columns === undefined ? null : columns.length === 0 ? (
          <EmptyState icon="data" title={t('data.noColumns')} text={t('data.noColumnsText')} />
        ) : (
          <div className={styles.scrollTable}>
            <table className={layout.table}>
              <thead>
                <tr>
                  <th>{t('data.column')}</th>
                  <th>{t('data.columnKind')}</th>
                  <th className={layout.number}>{t('data.columnKnown')}</th>
                  <th>{t('data.columnExamples')}</th>
                  <th>{t('data.columnLeak')}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {columns.map((column) => (
                  <tr key={column.name}>
                    <td>
                      <b>{column.name}</b>
                    </td>
                    <td>
                      {column.kind === 'number'
                        ? t('data.columnKind.number')
                        : t('data.columnKind.name', { n: column.distinct })}
                    </td>
                    <td className={layout.number}>{formatCount(column.known)}</td>
                    <td className={`${layout.dim} ${styles.examples}`}>
                      {column.examples.slice(0, 3).join(', ')}
                    </td>
                    <td>
                      <Leak column={column} report={report} />
                    </td>
                    <td className={layout.number}>
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t('data.removeColumnOf', { name: column.name })}
                        onClick={() => remove.mutate([column.name])}
                      >
                        {t('data.removeColumn')}
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {picker.dialog}
      {file === null ? null : <ColumnsDialog file={file} onClose={() => setFile(null)} />}
    </div>
  );
}

/** What the newest leak test said of the column. */
function Leak({ column, report }: { column: MetadataColumn; report: AuditReport | null }): ReactElement {
  const figures = (report?.leaks ?? []).flatMap(({ target, suspects }) =>
    suspects
      .filter((suspect) => suspect.column === column.name)
      .flatMap((suspect) => suspect.figures.map((figure) => ({ ...figure, target }))),
  );
  if (figures.length === 0) return <span className={layout.dim}>{t('data.columnUntested')}</span>;
  const found = figures.filter(({ isFound }) => isFound).sort((a, b) => b.gainBits - a.gainBits)[0];
  if (found === undefined) return <span className={layout.dim}>{t('data.notFound')}</span>;
  const text = t('data.columnLeakText', {
    target: t(`data.columnTarget.${found.target}`),
    share: formatPercent(found.accuracy),
    majority: formatPercent(found.majority),
    split: t(`data.divided.${found.split}`),
  });
  return (
    <>
      <span className={styles.alarm}>{t('data.isFound')}</span> <span className={layout.dim}>{text}</span>
    </>
  );
}
