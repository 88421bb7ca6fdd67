/** Which backbone the project's features come from; a choice only where there is more than one. */
import { Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useAction, useBackbones, useProject } from '../../api/queries.ts';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';

export function BackboneChoice(): ReactElement | null {
  const cache = useQueryClient();
  const backbones = useBackbones();
  const project = useProject();
  const choose = useAction(
    (id: string) => api.chooseBackbone.mutate({ id }),
    () => void cache.invalidateQueries({ queryKey: keys.allPlans }),
  );
  const listed = backbones.data ?? [];
  const chosen = project.data?.backbone ?? listed.find(({ embedded }) => embedded)?.id;
  if (chosen === undefined) return null;
  // One that a project asks for and this machine does not have is shown all the same: it is what is in use.
  const missing = listed.some(({ id }) => id === chosen) ? [] : [{ value: chosen, label: chosen }];
  const options = listed.map(({ id, embedded, error }) => ({
    value: id,
    label: embedded ? t('train.backboneEmbedded', { id }) : id,
    disabled: error !== null,
  }));
  return (
    <>
      <Select
        label={t('train.backbone')}
        description={t('train.backboneText')}
        data={[...options, ...missing]}
        value={chosen}
        disabled={options.length + missing.length < 2 || choose.isPending}
        onChange={(id) => {
          if (id !== null && id !== chosen) choose.mutate(id);
        }}
      />
      {choose.isError ? <ErrorNote error={readError(choose.error)} onDismiss={choose.reset} /> : null}
    </>
  );
}
