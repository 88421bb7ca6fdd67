/** Image by image what a transfer did, a page at a time. */
import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { api } from '../../api/client.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { StateMark } from '../../ui/states.tsx';
import styles from './export.module.css';

const pageRows = 50;
const filters = ['all', 'changed'] as const;

/** Nothing where the host keeps no rows of the job: it is older than they are. */
export function ReportRows({ jobId, isImport }: { jobId: string; isImport: boolean }): ReactElement | null {
  const [only, setOnly] = useState<(typeof filters)[number]>('all');
  const [offset, setOffset] = useState(0);
  const rows = useQuery({
    queryKey: ['transfer-rows', jobId, only, offset],
    queryFn: () => api.transferRows.query({ jobId, only, offset, limit: pageRows }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (rows.data === undefined) return null;
  const { total, items } = rows.data;
  const numbers = isImport
    ? (['seen', 'taken', 'repeated', 'removed', 'clipped', 'lost'] as const)
    : (['seen', 'taken', 'clipped', 'lost'] as const);
  const names = {
    seen: t(isImport ? 'report.in' : 'report.out'),
    taken: t(isImport ? 'report.boxesIn' : 'report.boxesOut'),
    repeated: t('report.repeated'),
    removed: t('report.removed'),
    clipped: t('report.clippedShort'),
    lost: t('report.lost'),
  };
  return (
    <div className={styles.choice}>
      <div className={styles.choiceHead}>
        <h3>{t('report.rows')}</h3>
        <SegmentedControl
          size="xs"
          aria-label={t('report.rows')}
          data={[
            { value: 'all', label: t('report.rowsAll') },
            { value: 'changed', label: t('report.rowsChanged') },
          ]}
          value={only}
          onChange={(value) => {
            setOnly(filters.find((one) => one === value) ?? 'all');
            setOffset(0);
          }}
        />
      </div>
      {total === 0 ? (
        <p className={layout.dim}>{t('report.noRows')}</p>
      ) : (
        <div className={styles.sheet}>
          <table className={layout.table}>
            <thead>
              <tr>
                <th scope="col">{t('report.image')}</th>
                {numbers.map((name) => (
                  <th key={name} scope="col" className={layout.number}>
                    {names[name]}
                  </th>
                ))}
                <th scope="col">{t('report.state')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.path}>
                  <td className={styles.path}>{row.path}</td>
                  {numbers.map((name) => (
                    <td key={name} className={layout.number} data-zero={row[name] === 0 || undefined}>
                      {formatCount(row[name])}
                    </td>
                  ))}
                  <td>
                    <StateMark state={row.state} problem={null} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {total <= pageRows ? null : (
        <div className={layout.row}>
          <IconButton
            icon="previous"
            label={t('report.previousRows')}
            disabled={offset === 0}
            onClick={() => setOffset(Math.max(0, offset - pageRows))}
          />
          <span className={layout.dim}>
            {t('report.rowsOf', { from: offset + 1, to: Math.min(total, offset + pageRows), n: total })}
          </span>
          <IconButton
            icon="next"
            label={t('report.nextRows')}
            disabled={offset + pageRows >= total}
            onClick={() => setOffset(offset + pageRows)}
          />
        </div>
      )}
    </div>
  );
}
