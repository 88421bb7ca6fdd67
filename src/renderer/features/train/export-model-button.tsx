/** Writes a model as one ONNX file, to a place that can be typed. */
import { Button, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { ModelRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useHostInfo } from '../../api/queries.ts';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import { RowPopover } from './row-popover.tsx';
import styles from './train.module.css';

export function ExportModelButton({ model }: { model: ModelRecord }): ReactElement {
  const info = useHostInfo();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState<string | null>(null);
  const start = useAction(
    (file: string) => api.startModelExport.mutate({ modelId: model.id, file }),
    () => setOpen(false),
  );
  const separator = info.data?.homeDir.includes('\\') ? '\\' : '/';
  const name = `${model.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}.onnx`;
  const file = typed ?? (info.data === undefined ? '' : [info.data.homeDir, name].join(separator));
  return (
    <RowPopover
      icon="export"
      label={t('model.exportThis', { name: model.name })}
      widthPx={340}
      isOpen={isOpen}
      onChange={setOpen}
    >
      <form
        className={styles.notes}
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate(file.trim());
        }}
      >
        <TextInput
          label={t('model.exportFile')}
          description={t('model.exportText')}
          value={file}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {start.isError ? <ErrorNote error={readError(start.error)} /> : null}
        <Button type="submit" loading={start.isPending} disabled={file.trim() === ''}>
          {t('model.export')}
        </Button>
      </form>
    </RowPopover>
  );
}
