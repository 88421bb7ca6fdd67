/** Export and import: formats as cards that say what each loses, options, destination, and a report of the last transfer. */
import { SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { FormatInfo } from '../../../contract/transfer.ts';
import { readError } from '../../api/errors.ts';
import { useFormats, useJobs } from '../../api/queries.ts';
import { CodeText } from '../../ui/code-text.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import styles from './export.module.css';
import { ExportForm } from './export-form.tsx';
import { ImportForm } from './import-form.tsx';
import { TransferReportView } from './transfer-report.tsx';

type Direction = 'export' | 'import';

export function ExportPlace(): ReactElement {
  const formats = useFormats();
  const jobs = useJobs();
  const [direction, setDirection] = useState<Direction>('export');
  const [chosen, setChosen] = useState<string | null>(null);
  const list = (formats.data ?? []).filter((format) =>
    direction === 'export' ? format.canExport : format.canImport,
  );
  const format = list.find(({ id }) => id === chosen) ?? list[0];
  const last = (jobs.data ?? [])
    .filter(({ kind }) => kind === direction)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
  return (
    <div className={layout.columns}>
      <section className={styles.formats} aria-label={t('export.formats')}>
        <div className={styles.direction}>
          <SegmentedControl
            fullWidth
            aria-label={t('export.direction')}
            value={direction}
            onChange={(value) => setDirection(value === 'import' ? 'import' : 'export')}
            data={[
              { value: 'export', label: t('export.export') },
              { value: 'import', label: t('export.import') },
            ]}
          />
        </div>
        <div className={styles.cards}>
          {formats.isPending ? <Waiting label={t('action.loading')} /> : null}
          {formats.isError ? (
            <ErrorNote error={readError(formats.error)} onRetry={() => void formats.refetch()} />
          ) : null}
          {list.map((one) => (
            <FormatCard
              key={one.id}
              format={one}
              isChosen={one.id === format?.id}
              onChoose={() => setChosen(one.id)}
            />
          ))}
        </div>
      </section>
      <div className={layout.page}>
        <div className={styles.detail}>
          {format === undefined ? null : direction === 'export' ? (
            <ExportForm key={format.id} format={format} />
          ) : (
            <ImportForm key={format.id} format={format} />
          )}
          <section className={layout.section} aria-label={t('export.report')}>
            <h2>{t(direction === 'export' ? 'export.lastExport' : 'export.lastImport')}</h2>
            {last === undefined ? (
              <EmptyState icon={direction} title={t('export.noReport')} text={t('export.noReportText')} />
            ) : (
              <TransferReportView job={last} />
            )}
          </section>
        </div>
      </div>
    </div>
  );
}

function FormatCard({
  format,
  isChosen,
  onChoose,
}: {
  format: FormatInfo;
  isChosen: boolean;
  onChoose: () => void;
}): ReactElement {
  return (
    <button type="button" className={styles.card} aria-pressed={isChosen} onClick={onChoose}>
      <strong>{format.title}</strong>
      <span>
        <CodeText text={format.description} />
      </span>
    </button>
  );
}
