/** Imports labels: a file or folder, its format found out or given. One gesture: one undo takes all of it back. */
import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { FormatInfo } from '../../../contract/transfer.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs } from '../../api/queries.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import { Losses, Options } from './export-form.tsx';
import { PathField } from './path-field.tsx';

export function ImportForm({ format }: { format: FormatInfo }): ReactElement {
  const [path, setPath] = useState('');
  const [options, setOptions] = useState<Record<string, unknown>>({});
  const start = useAction((input: { path: string; format?: string; options?: Record<string, unknown> }) =>
    api.startImport.mutate(input),
  );
  const isRunning = useActiveJobs().some(({ kind }) => kind === 'import');
  const isReady = path.trim() !== '' && !isRunning;
  return (
    <section className={layout.section} aria-label={format.title}>
      <h2>{t('export.from', { format: format.title })}</h2>
      <Losses format={format} />
      <Options schema={format.importOptionsSchema} values={options} onChange={setOptions} />
      <PathField
        label={t('export.source')}
        description={t('export.sourceText')}
        value={path}
        onType={setPath}
        question={{ title: t('export.pickSource'), kind: 'file-or-folder', onPick: setPath }}
      />
      {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
      <div className={layout.row}>
        <Button
          size="sm"
          leftSection={<Icon name="import" />}
          disabled={!isReady}
          loading={start.isPending || isRunning}
          onClick={() => start.mutate({ path, format: format.id, options })}
        >
          {t('export.importAs', { format: format.title })}
        </Button>
        <Button size="sm" variant="default" disabled={!isReady} onClick={() => start.mutate({ path })}>
          {t('export.importAny')}
        </Button>
      </div>
    </section>
  );
}
