/** Writes a model as one ONNX file, to a place that can be typed. */
import { TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { ModelRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { useAction, useHostInfo } from '../../api/queries.ts';
import { t } from '../../ui/messages.ts';
import { RowForm } from './row-form.tsx';

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
    <RowForm
      icon="export"
      label={t('model.exportThis', { name: model.name })}
      widthPx={340}
      isOpen={isOpen}
      onChange={setOpen}
      sending={start}
      submit={t('model.export')}
      isDisabled={file.trim() === ''}
      onSubmit={() => start.mutate(file.trim())}
    >
      <TextInput
        label={t('model.exportFile')}
        description={t('model.exportText')}
        value={file}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </RowForm>
  );
}
