/** Exports to one format: what is lost, its options, where to. */
import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { FormatInfo } from '../../../contract/transfer.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs, useHostInfo, useProject } from '../../api/queries.ts';
import { CodeText } from '../../ui/code-text.tsx';
import { Icon } from '../../ui/icons.tsx';
import { JsonForm } from '../../ui/json-form.tsx';
import { readFields } from '../../ui/json-schema.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Remark } from '../../ui/notes.tsx';
import styles from './export.module.css';
import { PathField } from './path-field.tsx';

export function ExportForm({ format }: { format: FormatInfo }): ReactElement {
  const info = useHostInfo();
  const project = useProject();
  const [typed, setTyped] = useState<string | null>(null);
  const [options, setOptions] = useState<Record<string, unknown>>({});
  const start = useAction((input: { format: string; dir: string; options: Record<string, unknown> }) =>
    api.startExport.mutate(input),
  );
  const isRunning = useActiveJobs().some(({ kind }) => kind === 'export');
  const separator = info.data?.homeDir.includes('\\') ? '\\' : '/';
  const name = `${project.data?.name ?? 'labels'}-${format.id}`;
  const dir = typed ?? (info.data === undefined ? '' : [info.data.homeDir, name].join(separator));
  return (
    <section className={layout.section} aria-label={format.title}>
      <h2>{t('export.to', { format: format.title })}</h2>
      <Losses format={format} />
      <Options schema={format.optionsSchema} values={options} onChange={setOptions} />
      <PathField
        label={t('export.folder')}
        description={t('export.folderText')}
        value={dir}
        onType={setTyped}
        question={{
          title: t('export.pickFolder'),
          kind: 'folder',
          onPick: (path) => setTyped([path, name].join(separator)),
        }}
      />
      {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
      <div className={layout.row}>
        <Button
          size="sm"
          leftSection={<Icon name="export" />}
          disabled={dir.trim() === ''}
          loading={start.isPending || isRunning}
          onClick={() => start.mutate({ format: format.id, dir, options })}
        >
          {t('export.start')}
        </Button>
        <span className={layout.dim}>
          {t('export.amount', {
            boxes: t('annotate.boxesHere', { n: project.data?.counts.boxes ?? 0 }),
            images: t('compare.images', { n: project.data?.counts.images ?? 0 }),
          })}
        </span>
      </div>
    </section>
  );
}

/** The options of a format, where it has any. */
export function Options(props: {
  schema: Record<string, unknown>;
  values: Record<string, unknown>;
  onChange: (values: Record<string, unknown>) => void;
}): ReactElement | null {
  return readFields(props.schema).length === 0 ? null : <JsonForm {...props} />;
}

export function Losses({ format }: { format: FormatInfo }): ReactElement {
  if (format.loses.length === 0) return <p className={layout.dim}>{t('export.losesNothing')}</p>;
  return (
    <Remark kind="info">
      <strong className={styles.losesTitle}>{t('export.loses')}</strong>
      <ul className={styles.loses}>
        {format.loses.map((loss) => (
          <li key={loss}>
            <CodeText text={loss} />
          </li>
        ))}
      </ul>
    </Remark>
  );
}
