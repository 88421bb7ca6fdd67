/** What an import would do, before it does it: as what it was recognised, its counts, and the questions it leaves. */
import { SegmentedControl, Select } from '@mantine/core';
import type { ReactElement } from 'react';
import { z } from 'zod';
import type { ImportPreview, MergePolicy } from '../../../contract/import-plan.ts';
import type { TransferReport } from '../../../contract/transfer.ts';
import type { AppErrorData } from '../../../core/errors.ts';
import { CodeText } from '../../ui/code-text.tsx';
import { formatPercent } from '../../ui/format-numbers.ts';
import { hostText, transferSentence } from '../../ui/host-words.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { Remark } from '../../ui/notes.tsx';
import styles from './export.module.css';
import { Figure, SkippedTable } from './report-parts.tsx';

export function Recognised({
  preview: { recognised },
  isNamed,
}: {
  preview: ImportPreview;
  isNamed: boolean;
}): ReactElement {
  return (
    <p className={styles.recognised}>
      <Icon name="check" />
      <strong>{recognised.title.split(' + ').map(hostText).join(' + ')}</strong>
      <span className={styles.sure}>
        {isNamed
          ? t('import.named')
          : t('import.recognised', { share: formatPercent(recognised.confidence) })}
      </span>
      {isNamed ? null : (
        <span className={layout.dim}>
          <CodeText text={transferSentence(recognised.reason)} />
        </span>
      )}
    </p>
  );
}

const lookedSchema = z.array(z.object({ format: z.string(), reason: z.string() }));

/** No format claims the files: said in a sentence, with what each format looked for in vain on demand. */
export function Unrecognised({ error, isTable }: { error: AppErrorData; isTable: boolean }): ReactElement {
  const looked = lookedSchema.safeParse(error.details.looked);
  return (
    <Remark kind="warning">
      <div role="alert">
        <strong>{t('import.unknown')}</strong>
        <p className={layout.dim}>{t(isTable ? 'import.unknownTable' : 'import.unknownText')}</p>
      </div>
      {looked.success ? (
        <details className={styles.more}>
          <summary>{t('import.looked')}</summary>
          <ul className={styles.loses}>
            {looked.data.map(({ format, reason }) => (
              <li key={format}>
                {format}: <CodeText text={transferSentence(reason)} />
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Remark>
  );
}

export function ImportCounts({
  preview: { boxes, marks, byContent },
  report,
}: {
  preview: ImportPreview;
  report: TransferReport;
}): ReactElement {
  return (
    <>
      <dl className={styles.figures}>
        <Figure name={t('import.toAdd')} value={boxes.added} />
        <Figure name={t('import.there')} value={boxes.repeated} />
        <Figure name={t('import.makeWay')} value={boxes.removed} isLoud={boxes.removed > 0} />
        <Figure name={t('import.images')} value={report.images} />
        <Figure name={t('import.marks')} value={marks} />
        <Figure name={t('report.clipped')} value={report.clipped} />
        {byContent === 0 ? null : <Figure name={t('import.byContent')} value={byContent} />}
      </dl>
      {report.notes.map((note) => (
        <Remark key={note} kind="info">
          <CodeText text={transferSentence(note)} />
        </Remark>
      ))}
    </>
  );
}

const merges = ['add', 'replace', 'both'] as const satisfies readonly MergePolicy[];

export function MergeChoice({
  value,
  onChange,
}: {
  value: MergePolicy;
  onChange: (merge: MergePolicy) => void;
}): ReactElement {
  return (
    <div className={styles.choice}>
      <h3 id="merge-choice">{t('import.merge')}</h3>
      <div>
        <SegmentedControl
          aria-labelledby="merge-choice"
          data={merges.map((merge) => ({ value: merge, label: t(`import.merge.${merge}`) }))}
          value={value}
          onChange={(next) => onChange(merges.find((merge) => merge === next) ?? 'add')}
        />
      </div>
      <p className={layout.dim}>{t(`import.mergeText.${value}`)}</p>
    </div>
  );
}

/** Folders in which one of the photographs lies that a name may mean, the most frequent first. */
function listFolders({ ambiguous }: ImportPreview, within: string | null): string[] {
  const counts = new Map<string, number>(within === null ? [] : [[within, 0]]);
  for (const { paths } of ambiguous) {
    for (const path of paths) {
      const parts = path.split('/').slice(0, -1);
      for (let n = 1; n <= parts.length; n += 1) {
        const folder = parts.slice(0, n).join('/');
        counts.set(folder, (counts.get(folder) ?? 0) + 1);
      }
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([folder]) => folder);
}

/** The one question about all names that several photographs have. */
export function ImportQuestion({
  preview,
  within,
  onChange,
}: {
  preview: ImportPreview;
  within: string | null;
  onChange: (within: string | null) => void;
}): ReactElement {
  const { ambiguous } = preview;
  const [first] = ambiguous;
  return (
    <Remark kind={ambiguous.length > 0 ? 'warning' : 'info'}>
      {first === undefined ? null : (
        <>
          <strong>{t('import.ambiguous', { n: ambiguous.length })}</strong>
          <p className={layout.dim}>{t('import.ambiguousText')}</p>
          <p className={styles.example}>
            {first.reference}: {first.paths.join(', ')}
          </p>
        </>
      )}
      <Select
        className={styles.within ?? ''}
        label={t('import.within')}
        placeholder={t('import.withinNone')}
        clearable
        data={listFolders(preview, within)}
        value={within}
        onChange={onChange}
      />
    </Remark>
  );
}

export function LeftOut({ report }: { report: TransferReport }): ReactElement | null {
  if (report.skipped.length === 0) return null;
  return (
    <details className={styles.more}>
      <summary>
        {t('import.leftOut')} ({report.skipped.length})
      </summary>
      <SkippedTable skipped={report.skipped} />
    </details>
  );
}
