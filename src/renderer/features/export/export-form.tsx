/** Exports to one format: what is lost, its options, where to. */
import { Button, SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { CopyChoice, FormatInfo } from '../../../contract/transfer.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs, useHostInfo, useProject } from '../../api/queries.ts';
import { hostText } from '../../ui/host-words.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './export.module.css';
import { Losses, Options } from './format-facts.tsx';
import { PathField } from './path-field.tsx';

export function ExportForm({ format }: { format: FormatInfo }): ReactElement {
  const info = useHostInfo();
  const project = useProject();
  const [typed, setTyped] = useState<string | null>(null);
  const [options, setOptions] = useState<Record<string, unknown>>({});
  const [copies, setCopies] = useState<CopyChoice>('none');
  const start = useAction((input: Parameters<typeof api.startExport.mutate>[0]) =>
    api.startExport.mutate(input),
  );
  const isRunning = useActiveJobs().some(({ kind }) => kind === 'export');
  const separator = info.data?.homeDir.includes('\\') ? '\\' : '/';
  const name = `${project.data?.name ?? 'labels'}-${format.id}`;
  const dir = typed ?? (info.data === undefined ? '' : [info.data.homeDir, name].join(separator));
  return (
    <section className={layout.section} aria-label={hostText(format.title)}>
      <h2>{t('export.to', { format: hostText(format.title) })}</h2>
      <Losses format={format} />
      <Options schema={format.optionsSchema} values={options} onChange={setOptions} />
      {format.placesImages ? <Copies value={copies} onChange={setCopies} /> : null}
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
          onClick={() =>
            start.mutate({ format: format.id, dir, options, ...(format.placesImages ? { copies } : {}) })
          }
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

const copyChoices = ['none', 'unchanged', 'upright'] as const satisfies readonly CopyChoice[];

function Copies({
  value,
  onChange,
}: {
  value: CopyChoice;
  onChange: (copies: CopyChoice) => void;
}): ReactElement {
  return (
    <div className={styles.choice}>
      <h3 id="copies-choice">{t('export.copies')}</h3>
      <div>
        <SegmentedControl
          aria-labelledby="copies-choice"
          data={copyChoices.map((choice) => ({ value: choice, label: t(`export.copies.${choice}`) }))}
          value={value}
          onChange={(next) => onChange(copyChoices.find((choice) => choice === next) ?? 'none')}
        />
      </div>
      <p className={layout.dim}>{t(`export.copiesText.${value}`)}</p>
    </div>
  );
}
