/** Labels in: a source, what it was recognised as, what it would do, the few questions that only a person can answer, and then the import. */
import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { FormatInfo } from '../../../contract/transfer.ts';
import { readError } from '../../api/errors.ts';
import { useActiveJobs } from '../../api/queries.ts';
import { hostText } from '../../ui/host-words.ts';
import { Icon } from '../../ui/icons.tsx';
import { describeJob } from '../../ui/job-text.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import { ColumnsForm } from './columns-form.tsx';
import styles from './export.module.css';
import { Losses, Options } from './format-facts.tsx';
import { ImportClasses } from './import-classes.tsx';
import {
  ImportCounts,
  ImportQuestion,
  LeftOut,
  MergeChoice,
  Recognised,
  Unrecognised,
} from './import-preview.tsx';
import { PathField } from './path-field.tsx';
import { useImport } from './use-import.ts';
import { type ImportRequest, useTrial } from './use-trial.ts';

/** `isTable`: a person said which column is what, and so that it is a table. */
type Answers = Omit<ImportRequest, 'path' | 'more' | 'format'> & { readonly isTable: boolean };
const unanswered: Answers = { merge: 'add', classes: {}, options: {}, isTable: false };

/** Names of what comes along, before the others are only counted. */
const shownNames = 8;
const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const tableFile = /\.(csv|tsv)$/i;

export interface ImportViewProps {
  /** What was dropped or linked to; empty for nothing yet. */
  readonly source: string;
  /** What was dropped together with it. */
  readonly more: readonly string[];
  readonly onSource: (path: string) => void;
  /** Null finds the format out. */
  readonly format: FormatInfo | null;
  readonly formats: readonly FormatInfo[];
  readonly onImported: () => void;
  /** Whether the report of an import is shown below: then nothing need be said of what will be there. */
  readonly hasReport: boolean;
}

export function ImportView({
  source,
  more,
  onSource,
  format,
  formats,
  onImported,
  hasReport,
}: ImportViewProps): ReactElement {
  const [typed, setTyped] = useState(source);
  const [answers, setAnswers] = useState<Answers>(unanswered);
  const [again, setAgain] = useState(0);
  const { isTable: isSaidTable, ...asked } = answers;
  const named = format?.id ?? (isSaidTable ? 'csv' : undefined);
  const request: ImportRequest | null =
    source === ''
      ? null
      : { ...asked, path: source, more, ...(named === undefined ? {} : { format: named }) };
  const trial = useTrial(request, again);
  const start = useImport(onImported);
  const isRunning = useActiveJobs().some(({ kind, input }) => kind === 'import' && input.dryRun !== true);
  const look = (path: string): void => {
    setTyped(path);
    // The same once more: the files may have changed.
    if (path === source && more.length === 0) setAgain(again + 1);
    else {
      setAnswers(unanswered);
      onSource(path);
    }
  };
  const change = (part: Partial<Answers>): void => setAnswers({ ...answers, ...part });
  const used = format ?? formats.find(({ id }) => id === trial.found?.preview.recognised.format) ?? null;
  const isTable =
    used?.id === 'csv' || isSaidTable || (trial.error !== null && format === null && tableFile.test(source));
  const columns = (
    <ColumnsForm
      path={source}
      values={answers.options}
      onChange={(options) => change({ options, isTable: true })}
    />
  );
  return (
    <section className={layout.section} aria-label={t('import.title')}>
      <h2>{format === null ? t('import.title') : `${t('import.title')}: ${hostText(format.title)}`}</h2>
      <form
        className={styles.source}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '') look(typed.trim());
        }}
      >
        <PathField
          label={t('export.source')}
          description={t('export.sourceText')}
          value={typed}
          onType={setTyped}
          question={{ title: t('export.pickSource'), kind: 'file-or-folder', onPick: look }}
        />
        <Button
          type="submit"
          variant={trial.found === null ? 'filled' : 'default'}
          leftSection={<Icon name="search" />}
          disabled={typed.trim() === ''}
          loading={trial.isWorking}
        >
          {t(trial.found !== null && typed === source ? 'import.lookAgain' : 'import.look')}
        </Button>
      </form>
      {more.length === 0 ? null : (
        <p className={layout.dim}>
          {t('import.together', { n: more.length, names: more.slice(0, shownNames).map(nameOf).join(', ') })}
          {more.length > shownNames ? ' …' : ''}
        </p>
      )}
      {source === '' && !hasReport ? (
        <EmptyState icon="import" title={t('import.nothingYet')} text={t('import.nothingYetText')} />
      ) : null}
      {trial.error === null ? null : trial.error.code === 'format/unknown' ? (
        <Unrecognised error={trial.error} isTable={isTable} />
      ) : (
        <ErrorNote error={trial.error} onRetry={() => setAgain(again + 1)} />
      )}
      {isTable && trial.error !== null ? columns : null}
      {trial.found === null && trial.isWorking ? (
        <Waiting
          label={trial.progress?.status === 'running' ? describeJob(trial.progress) : t('import.looking')}
        />
      ) : null}
      {trial.found === null || trial.error !== null ? null : (
        <div className={styles.trial} aria-busy={trial.isWorking}>
          <Recognised preview={trial.found.preview} isNamed={format !== null} />
          <ImportCounts {...trial.found} />
          {isTable ? (
            <details className={styles.more} open={isSaidTable || undefined}>
              <summary>{t('import.columns')}</summary>
              {columns}
            </details>
          ) : null}
          {trial.found.preview.ambiguous.length === 0 && answers.within === undefined ? null : (
            <ImportQuestion
              preview={trial.found.preview}
              within={answers.within ?? null}
              onChange={(within) => {
                const { within: _before, ...rest } = answers;
                setAnswers(within === null ? rest : { ...rest, within });
              }}
            />
          )}
          <MergeChoice value={answers.merge} onChange={(merge) => change({ merge })} />
          <ImportClasses
            entries={trial.found.preview.classes}
            chosen={answers.classes}
            onChange={(classes) => change({ classes })}
          />
          <LeftOut report={trial.found.report} />
          {used === null ? null : (
            <details className={styles.more}>
              <summary>{t('import.options')}</summary>
              <Losses format={used} />
              {isTable ? null : (
                <Options
                  schema={used.importOptionsSchema}
                  values={answers.options}
                  onChange={(options) => change({ options })}
                />
              )}
            </details>
          )}
          {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
          <div className={styles.go}>
            <Button
              size="sm"
              leftSection={<Icon name="import" />}
              disabled={trial.isWorking || countWork(trial.found.preview) === 0}
              loading={start.isPending || isRunning}
              onClick={() => (request === null ? undefined : start.mutate(request))}
            >
              {startText(trial.found.preview)}
            </Button>
            <span className={layout.dim}>{t('import.promise')}</span>
          </div>
        </div>
      )}
    </section>
  );
}

type Preview = NonNullable<ReturnType<typeof useTrial>['found']>['preview'];

const countWork = ({ boxes, marks }: Preview): number => boxes.added + boxes.removed + marks;

function startText({ boxes, marks }: Preview): string {
  if (boxes.added + boxes.removed > 0) return t('import.start', { n: boxes.added });
  return marks > 0 ? t('import.startMarks', { n: marks }) : t('import.startNothing');
}
