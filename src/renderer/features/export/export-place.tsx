/** Export and import: formats as cards that say what each loses, options, destination, and a report of the last transfer. */
import { SegmentedControl } from '@mantine/core';
import { type ReactElement, type RefObject, useEffect, useRef, useState } from 'react';
import { isJobOver, type Job } from '../../../core/jobs.ts';
import { readError } from '../../api/errors.ts';
import { useFormats, useJobs } from '../../api/queries.ts';
import { currentRoute, goTo, useRoute } from '../../app/route.ts';
import { CodeText } from '../../ui/code-text.tsx';
import { hostText } from '../../ui/host-words.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import styles from './export.module.css';
import { ExportForm } from './export-form.tsx';
import { ImportView } from './import-view.tsx';
import { TransferReportView } from './transfer-report.tsx';

type Direction = 'export' | 'import';

interface Question {
  readonly direction: Direction;
  readonly source: string;
  readonly more: readonly string[];
}

const nameQuestion = ({ direction, source, more }: Question): string =>
  JSON.stringify([direction, source, more]);

/** Whether the window still asks that question. */
function isShowing(name: string): boolean {
  const { place, query } = currentRoute();
  return place === 'export' && nameQuestion(readQuery(query)) === name;
}

/** `#/export?do=import&source=PATH` shows what an import of the path would do; further `source`s are of the same import. */
function readQuery(query: string): Question {
  const asked = new URLSearchParams(query);
  const [source = '', ...more] = asked.getAll('source');
  return { direction: asked.get('do') === 'import' ? 'import' : 'export', source, more };
}

/** Kept in the address, so that reload and back find it again. */
const importQuery = (source: string): string =>
  new URLSearchParams({ do: 'import', ...(source === '' ? {} : { source }) }).toString();

export function ExportPlace(): ReactElement {
  const formats = useFormats();
  const jobs = useJobs();
  const { direction, source, more } = readQuery(useRoute().query);
  const here = nameQuestion({ direction, source, more });
  // A choice is for what is on the page: labels that are dropped later are looked at without it.
  const [choice, setChoice] = useState<{ here: string; id: string | null }>({ here, id: null });
  const chosen = choice.here === here ? choice.id : null;
  const setChosen = (id: string | null): void => setChoice({ here, id });
  const isExport = direction === 'export';
  const list = (formats.data ?? []).filter((format) => (isExport ? format.canExport : format.canImport));
  const named = list.find(({ id }) => id === chosen) ?? null;
  const format = isExport ? (named ?? list[0] ?? null) : named;
  const last = (jobs.data ?? [])
    .filter(({ kind, input }) => kind === direction && input.dryRun !== true)
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
  const page = useRef<HTMLDivElement>(null);
  // Another format begins at its top, whatever part of the one before was being read.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the format that is shown is what it is about
  useEffect(() => {
    // Newer browsers give a promise back, which an effect must not.
    page.current?.scrollTo({ top: 0 });
  }, [direction, format?.id]);
  const report = useReportInSight(last);
  const turn = (next: Direction): void => {
    goTo('export', null, { query: next === 'import' ? importQuery('') : 'do=export' });
  };
  return (
    <div className={layout.columns}>
      <section className={styles.formats} aria-label={t('export.formats')}>
        <div className={styles.direction}>
          <SegmentedControl
            fullWidth
            aria-label={t('export.direction')}
            value={direction}
            onChange={(value) => turn(value === 'import' ? 'import' : 'export')}
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
          {isExport ? null : (
            <FormatCard
              title={t('import.anyFormat')}
              description={t('import.anyFormatText')}
              isChosen={format === null}
              onChoose={() => setChosen(null)}
            />
          )}
          {list.map(({ id, title, description }) => (
            <FormatCard
              key={id}
              title={hostText(title)}
              description={hostText(description)}
              isChosen={id === format?.id}
              onChoose={() => setChosen(id)}
            />
          ))}
        </div>
      </section>
      <div className={layout.page} ref={page}>
        <div className={styles.detail}>
          {isExport ? (
            format === null ? null : (
              <ExportForm key={format.id} format={format} />
            )
          ) : (
            <ImportView
              // Another source is another question: what was answered for the one before is forgotten.
              key={here}
              source={source}
              more={more}
              onSource={(path) => {
                setChoice({
                  here: nameQuestion({ direction: 'import', source: path, more: [] }),
                  id: chosen,
                });
                goTo('export', null, { query: importQuery(path) });
              }}
              format={format}
              formats={list}
              hasReport={last !== undefined}
              onImported={() => {
                // Whoever has gone on meanwhile, or dropped the next labels, is not taken back.
                if (isShowing(here)) goTo('export', null, { query: importQuery(''), replace: true });
              }}
            />
          )}
          {isExport || source === '' ? (
            <section className={layout.section} aria-label={t('export.report')} ref={report}>
              <h2>{t(isExport ? 'export.lastExport' : 'export.lastImport')}</h2>
              {last === undefined ? (
                <EmptyState icon={direction} title={t('export.noReport')} text={t('export.noReportText')} />
              ) : (
                <TransferReportView job={last} />
              )}
            </section>
          ) : null}
        </div>
      </div>
    </div>
  );
}

/** A report that comes while the place is open is what the person waits for: it is brought into sight, below however many options. */
function useReportInSight(last: Job | undefined): RefObject<HTMLElement | null> {
  const report = useRef<HTMLElement>(null);
  const isOver = last !== undefined && isJobOver(last.state);
  const running = useRef<string | undefined>(undefined);
  useEffect(() => {
    // One that was over when the place was opened is no news.
    if (isOver && running.current === last?.id) report.current?.scrollIntoView({ block: 'start' });
    running.current = isOver ? undefined : last?.id;
  }, [last?.id, isOver]);
  return report;
}

function FormatCard({
  title,
  description,
  isChosen,
  onChoose,
}: {
  title: string;
  description: string;
  isChosen: boolean;
  onChoose: () => void;
}): ReactElement {
  return (
    <button type="button" className={styles.card} aria-pressed={isChosen} onClick={onChoose}>
      <strong>{title}</strong>
      <span>
        <CodeText text={description} />
      </span>
    </button>
  );
}
