/** Settings of learning in the background, and how far it is to the next training. */
import { NumberInput, Select, Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { KeepLearningView } from '../../../contract/loop.ts';
import type { KeepLearningSettings } from '../../../core/keep-learning.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useKeepLearning } from '../../api/loop-queries.ts';
import { useAction } from '../../api/queries.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';

const switchings = ['ask', 'when-not-worse'] as const;

export function KeepLearning(): ReactElement | null {
  const view = useKeepLearning().data;
  const cache = useQueryClient();
  const save = useAction(
    (changes: Partial<KeepLearningSettings>) => api.saveKeepLearning.mutate(changes),
    (next) => cache.setQueryData(keys.keepLearning, next),
  );
  if (view === undefined) return null;
  const { settings } = view;
  return (
    <section className={layout.section} aria-label={t('learn.title')}>
      <h2>{t('learn.title')}</h2>
      <p className={layout.dim}>{t('learn.text')}</p>
      {save.isError ? <ErrorNote error={readError(save.error)} onDismiss={save.reset} /> : null}
      <div className={layout.row} style={{ alignItems: 'flex-end', gap: 14 }}>
        <Switch
          label={t('learn.on')}
          checked={settings.isOn}
          onChange={(event) => save.mutate({ isOn: event.currentTarget.checked })}
          style={{ paddingBottom: 5 }}
        />
        <NumberInput
          w={190}
          label={t('learn.every')}
          min={1}
          max={10_000}
          value={settings.every}
          onChange={(value) => {
            if (typeof value === 'number' && value >= 1) save.mutate({ every: Math.round(value) });
          }}
        />
        <NumberInput
          w={140}
          label={t('learn.minutes')}
          placeholder={t('learn.minutes.auto')}
          min={0.1}
          max={1440}
          value={settings.minutes ?? ''}
          onChange={(value) => {
            if (value === '') save.mutate({ minutes: null });
            else if (typeof value === 'number' && value > 0) save.mutate({ minutes: value });
          }}
        />
        <Select
          w={220}
          label={t('learn.switching')}
          data={switchings.map((value) => ({ value, label: t(`learn.switching.${value}`) }))}
          value={settings.switching}
          allowDeselect={false}
          onChange={(value) => {
            const switching = switchings.find((known) => known === value);
            if (switching !== undefined) save.mutate({ switching });
          }}
        />
      </div>
      {settings.isOn ? (
        <p className={layout.dim} role="status">
          {describe(view)}
        </p>
      ) : null}
    </section>
  );
}

function describe({ obstacle, jobId, answered, settings }: KeepLearningView): string {
  if (obstacle === 'no-model') return t('learn.noModel');
  if (obstacle === 'recipe') return t('learn.recipe');
  if (jobId !== null) return t('learn.running');
  return t('learn.progress', { answered, every: settings.every });
}
