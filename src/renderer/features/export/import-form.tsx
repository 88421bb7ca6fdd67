/** Imports labels: a file or folder, its format found out or given. One gesture: one undo takes all of it back. */
import { Button, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { FormatInfo } from '../../../contract/schemas.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs } from '../../api/queries.ts';
import { usePathPicker } from '../../app/path-picker.tsx';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './export.module.css';
import { Losses } from './export-form.tsx';

export function ImportForm({ format }: { format: FormatInfo }): ReactElement {
  const picker = usePathPicker();
  const [path, setPath] = useState('');
  const start = useAction((input: { path: string; format?: string }) => api.startImport.mutate(input));
  const isRunning = useActiveJobs().some(({ kind }) => kind === 'import');
  const isReady = path.trim() !== '' && !isRunning;
  return (
    <section className={layout.section} aria-label={format.title}>
      <h2>{t('export.from', { format: format.title })}</h2>
      <Losses format={format} />
      <div className={styles.target}>
        <TextInput
          label={t('export.source')}
          description={t('export.sourceText')}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<Icon name="folder" />}
          onClick={() =>
            picker.ask({ title: t('export.pickSource'), kind: 'file-or-folder', onPick: setPath })
          }
        >
          {t('export.browse')}
        </Button>
      </div>
      {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
      <div className={layout.row}>
        <Button
          size="sm"
          leftSection={<Icon name="import" />}
          disabled={!isReady}
          loading={start.isPending || isRunning}
          onClick={() => start.mutate({ path, format: format.id })}
        >
          {t('export.importAs', { format: format.title })}
        </Button>
        <Button size="sm" variant="default" disabled={!isReady} onClick={() => start.mutate({ path })}>
          {t('export.importAny')}
        </Button>
      </div>
      {picker.dialog}
    </section>
  );
}
