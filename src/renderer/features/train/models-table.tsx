/** The models trained so far with their metrics on the validation split: pin the one that suggests, note, delete. */
import { ActionIcon, Button, Radio, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Fragment, type ReactElement, useState } from 'react';
import type { ModelRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useAction, useActiveJobs, useModels } from '../../api/queries.ts';
import { formatDuration, formatMetric, formatTime } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote } from '../../ui/notes.tsx';
import { ExportModelButton } from './export-model-button.tsx';
import { ModelFigures } from './model-figures.tsx';
import { RowForm } from './row-form.tsx';
import styles from './train.module.css';

export function ModelsTable(): ReactElement {
  const models = useModels();
  const cache = useQueryClient();
  const refresh = (): void => void cache.invalidateQueries({ queryKey: keys.models });
  const predict = useAction((modelId: string) => api.startPrediction.mutate({ modelId }));
  const pin = useAction(
    (id: string) => api.updateModel.mutate({ id, pinned: true }),
    (model) => {
      refresh();
      predict.mutate(model.id);
    },
  );
  const [openId, setOpenId] = useState<string | null>(null);
  const isPredicting = useActiveJobs().some(({ kind }) => kind === 'predict');
  const list = [...(models.data ?? [])].sort((a, b) => b.createdAtMs - a.createdAtMs);
  const pinned = list.find((model) => model.pinned);
  const fault = pin.error ?? predict.error ?? models.error;
  return (
    <section className={layout.section} aria-label={t('model.title')}>
      <div className={styles.modelsHead}>
        <h2>{t('model.title')}</h2>
        {pinned === undefined ? null : (
          <Button
            variant="default"
            loading={isPredicting || predict.isPending}
            leftSection={<Icon name="suggestion" />}
            onClick={() => predict.mutate(pinned.id)}
          >
            {t('model.suggestAgain')}
          </Button>
        )}
      </div>
      {fault === null ? null : <ErrorNote error={readError(fault)} />}
      {list.length === 0 ? (
        <EmptyState icon="engine" title={t('model.none')} text={t('model.noneText')} />
      ) : (
        <div className={styles.tableWrap}>
          <table className={layout.table}>
            <thead>
              <tr>
                <th scope="col">{t('model.pin')}</th>
                <th scope="col">{t('model.name')}</th>
                <th scope="col" className={layout.number}>
                  {t('metric.map50')}
                </th>
                <th scope="col" className={layout.number}>
                  {t('metric.map')}
                </th>
                <th scope="col" className={layout.number}>
                  {t('metric.meanIou')}
                </th>
                <th scope="col" className={layout.number}>
                  {t('metric.classAcc')}
                </th>
                <th scope="col" className={layout.number}>
                  {t('metric.logLoss')}
                </th>
                <th scope="col" className={layout.number}>
                  {t('model.trained')}
                </th>
                <th scope="col">
                  <span className={layout.visuallyHidden}>{t('model.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((model) => (
                <Fragment key={model.id}>
                  <ModelRow
                    model={model}
                    isOpen={openId === model.id}
                    onOpen={() => setOpenId(openId === model.id ? null : model.id)}
                    onPin={() => pin.mutate(model.id)}
                    onChange={refresh}
                  />
                  {openId === model.id ? (
                    <tr>
                      <td colSpan={9}>
                        <ModelFigures model={model} />
                      </td>
                    </tr>
                  ) : null}
                </Fragment>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function ModelRow({
  model,
  isOpen,
  onOpen,
  onPin,
  onChange,
}: {
  model: ModelRecord;
  isOpen: boolean;
  onOpen: () => void;
  onPin: () => void;
  onChange: () => void;
}): ReactElement {
  const metrics = model.metrics;
  return (
    <tr data-pinned={model.pinned || undefined}>
      <td>
        <Radio
          size="xs"
          checked={model.pinned}
          aria-label={t('model.pinThis', { name: model.name })}
          onChange={onPin}
        />
      </td>
      <td>
        <strong className={styles.modelName}>{model.name}</strong>
        <span className={styles.modelFacts}>
          {t('model.facts', {
            recipe: model.recipe,
            time: formatTime(model.createdAtMs),
            images: metrics === null ? '–' : t('annotate.count', { n: metrics.n }),
            backend: model.backend,
          })}
          {model.notes === '' ? '' : ` · ${model.notes}`}
        </span>
      </td>
      <td className={layout.number}>{formatMetric(metrics?.map50 ?? null)}</td>
      <td className={layout.number}>{formatMetric(metrics?.map ?? null)}</td>
      <td className={layout.number}>{formatMetric(metrics?.meanIou ?? null)}</td>
      <td className={layout.number}>{formatMetric(metrics?.classAcc ?? null)}</td>
      <td className={layout.number}>{formatMetric(metrics?.logLoss ?? null)}</td>
      <td
        className={layout.number}
        title={t('model.speed', { epochs: Math.round(model.epochs), speed: Math.round(model.imagesPerS) })}
      >
        {formatDuration(model.trainMs)}
      </td>
      <td>
        <div className={styles.modelActions}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-expanded={isOpen}
            aria-label={t('figures.open', { name: model.name })}
            title={t('figures.title')}
            onClick={onOpen}
          >
            <Icon name="figures" />
          </ActionIcon>
          <NotesButton model={model} onChange={onChange} />
          <ExportModelButton model={model} />
          <DeleteButton model={model} onChange={onChange} />
        </div>
      </td>
    </tr>
  );
}

function NotesButton({ model, onChange }: { model: ModelRecord; onChange: () => void }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState(model.name);
  const [notes, setNotes] = useState(model.notes);
  const save = useAction(
    () =>
      api.updateModel.mutate({ id: model.id, notes, ...(name.trim() === '' ? {} : { name: name.trim() }) }),
    () => {
      setOpen(false);
      onChange();
    },
  );
  return (
    <RowForm
      icon="note"
      label={t('model.editNotes', { name: model.name })}
      widthPx={300}
      isOpen={isOpen}
      onChange={setOpen}
      sending={save}
      submit={t('action.save')}
      onSubmit={() => save.mutate(undefined)}
    >
      <TextInput
        label={t('model.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('model.notes')}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
    </RowForm>
  );
}

function DeleteButton({ model, onChange }: { model: ModelRecord; onChange: () => void }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const remove = useAction(() => api.deleteModel.mutate({ id: model.id }), onChange);
  return (
    <RowForm
      icon="trash"
      label={t('model.deleteThis', { name: model.name })}
      widthPx={280}
      isOpen={isOpen}
      onChange={setOpen}
      sending={remove}
      submit={t('model.delete')}
      isRisky
      onSubmit={() => remove.mutate(undefined)}
    >
      <p>{t('model.deleteText')}</p>
    </RowForm>
  );
}
