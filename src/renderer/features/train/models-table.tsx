/** The models trained so far with their metrics on the validation split: sort, compare two, pin the one that suggests, note, delete and take back. */
import { ActionIcon, Button, Checkbox, Radio, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Fragment, type ReactElement, type ReactNode, useState } from 'react';
import type { EvaluationReport } from '../../../core/evaluation.ts';
import type { ModelRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useAction, useActiveJobs, useEvaluations, useModels } from '../../api/queries.ts';
import { formatDuration, formatMetric, formatTime } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Remark } from '../../ui/notes.tsx';
import contrast from './contrast.module.css';
import { ContrastPanel } from './contrast-view.tsx';
import { ExportModelButton } from './export-model-button.tsx';
import { JudgeAll, JudgedOn } from './judge-all.tsx';
import { ModelFigures } from './model-figures.tsx';
import { RowForm } from './row-form.tsx';
import { type ModelColumn, type ModelSort, modelColumns, sortModels } from './sort-models.ts';
import styles from './train.module.css';

const figureNames = ['map50', 'map', 'meanIou', 'classAcc', 'logLoss'] as const;
type FigureName = (typeof figureNames)[number];

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
  const [sort, setSort] = useState<ModelSort>({ by: 'created', isDescending: true });
  const trained = models.data ?? [];
  const judgements = useEvaluations(
    trained.map(({ id }) => id),
    'valid',
  );
  const reports = new Map(trained.map(({ id }, i) => [id, judgements[i]?.data?.report]));
  // A range belongs to the figure it was reckoned with: the newest judgement's, not the training's.
  const list = sortModels(
    trained.map((model) => ({ ...model, metrics: reports.get(model.id) ?? model.metrics })),
    sort,
  );
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [first, second] = list.filter(({ id }) => picked.includes(id));
  // A third one takes the place of the one picked first.
  const pick = (id: string): void =>
    setPicked(picked.includes(id) ? picked.filter((other) => other !== id) : [...picked.slice(-1), id]);
  const [deleted, setDeleted] = useState<Pick<ModelRecord, 'id' | 'name'> | null>(null);
  const restore = useAction(
    (id: string) => api.restoreModel.mutate({ id }),
    () => {
      setDeleted(null);
      refresh();
    },
  );
  const head = (column: ModelColumn, isNumber: boolean): ReactElement => (
    <th
      scope="col"
      className={isNumber ? layout.number : undefined}
      aria-sort={sort.by === column ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className={contrast.sort}
        onClick={() =>
          setSort({ by: column, isDescending: sort.by === column ? !sort.isDescending : isNumber })
        }
      >
        {t(modelColumns[column])} {sort.by === column ? (sort.isDescending ? '▾' : '▴') : ''}
      </button>
    </th>
  );
  const pinned = list.find((model) => model.pinned);
  // A column that says nothing of any model takes room from the others.
  const figures = figureNames.filter((name) =>
    list.some(({ metrics }) => (metrics?.[name] ?? null) !== null),
  );
  const fault = pin.error ?? predict.error ?? restore.error ?? models.error;
  return (
    <section className={layout.section} aria-label={t('model.title')}>
      <div className={styles.modelsHead}>
        <h2>{t('model.title')}</h2>
        <div className={layout.row}>
          <JudgeAll models={list} />
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
      </div>
      {fault === null ? null : <ErrorNote error={readError(fault)} />}
      {deleted === null ? null : (
        <Remark kind="info">
          <div className={layout.row}>
            <span className={styles.grow}>{t('model.deleted', { name: deleted.name })}</span>
            <Button
              variant="default"
              loading={restore.isPending}
              leftSection={<Icon name="undo" />}
              onClick={() => restore.mutate(deleted.id)}
            >
              {t('model.restore')}
            </Button>
          </div>
        </Remark>
      )}
      {list.length === 0 ? (
        <EmptyState icon="engine" title={t('model.none')} text={t('model.noneText')} />
      ) : (
        <div className={styles.tableWrap}>
          <table className={layout.table}>
            <thead>
              <tr>
                <th scope="col">{t('model.pin')}</th>
                <th scope="col">{t('contrast.pick')}</th>
                {head('name', false)}
                {head('created', true)}
                {figures.map((name) => (
                  <Fragment key={name}>{head(name, true)}</Fragment>
                ))}
                {head('trainMs', true)}
                <th scope="col" className={styles.modelActionsCell}>
                  <span className={layout.visuallyHidden}>{t('model.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((model) => (
                <Fragment key={model.id}>
                  <ModelRow
                    model={model}
                    figures={figures}
                    ranges={reports.get(model.id)?.intervals ?? null}
                    isOpen={openId === model.id}
                    onOpen={() => setOpenId(openId === model.id ? null : model.id)}
                    isPicked={picked.includes(model.id)}
                    onPick={() => pick(model.id)}
                    onPin={() => pin.mutate(model.id)}
                    onChange={refresh}
                    onDelete={() => {
                      setDeleted(model);
                      refresh();
                    }}
                  />
                  {openId === model.id ? (
                    <tr>
                      <td colSpan={figures.length + 6}>
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
      <JudgedOn models={list} />
      {first === undefined || second === undefined ? null : (
        <ContrastPanel first={first} second={second} onClose={() => setPicked([])} />
      )}
    </section>
  );
}

/** A figure, and below it the range of the newest judgement on the validation images. */
function Ranged(props: { value: number | null; range: { low: number; high: number } | null }): ReactNode {
  const { value, range } = props;
  return (
    <>
      {formatMetric(value)}
      {value === null || range === null ? null : (
        <span className={styles.modelRange}>
          {formatMetric(range.low)}–{formatMetric(range.high)}
        </span>
      )}
    </>
  );
}

function ModelRow({
  model,
  figures,
  ranges,
  isOpen,
  isPicked,
  onOpen,
  onPick,
  onPin,
  onChange,
  onDelete,
}: {
  model: ModelRecord;
  figures: readonly FigureName[];
  ranges: EvaluationReport['intervals'] | null;
  isOpen: boolean;
  isPicked: boolean;
  onOpen: () => void;
  onPick: () => void;
  onPin: () => void;
  onChange: () => void;
  onDelete: () => void;
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
        <Checkbox
          size="xs"
          checked={isPicked}
          aria-label={t('contrast.pickThis', { name: model.name })}
          onChange={onPick}
        />
      </td>
      <td className={styles.modelNameCell}>
        <strong className={styles.modelName}>{model.name}</strong>
        <span className={styles.modelFacts}>
          {t('model.facts', {
            recipe: model.recipe,
            images: metrics === null ? '–' : t('annotate.count', { n: metrics.n }),
            backend: model.backend,
          })}
          {model.notes === '' ? '' : ` · ${model.notes}`}
        </span>
      </td>
      <td className={`${layout.number} ${styles.modelFacts}`}>{formatTime(model.createdAtMs)}</td>
      {figures.map((name) => (
        <td key={name} className={layout.number}>
          <Ranged value={metrics?.[name] ?? null} range={ranges?.[name] ?? null} />
        </td>
      ))}
      <td
        className={layout.number}
        title={t('model.speed', { epochs: Math.round(model.epochs), speed: Math.round(model.imagesPerS) })}
      >
        {formatDuration(model.trainMs)}
      </td>
      <td className={styles.modelActionsCell}>
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
          <AgainButton model={model} />
          <ExportModelButton model={model} />
          <DeleteButton model={model} onDelete={onDelete} />
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

/** Trains it once more from its record. */
function AgainButton({ model }: { model: ModelRecord }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const again = useAction(
    () => api.trainAgain.mutate({ id: model.id }),
    () => setOpen(false),
  );
  return (
    <RowForm
      icon="redo"
      label={t('model.againThis', { name: model.name })}
      widthPx={300}
      isOpen={isOpen}
      onChange={setOpen}
      sending={again}
      submit={t('model.again')}
      onSubmit={() => again.mutate(undefined)}
    >
      <p>{t('model.againText', { seed: String(model.seed) })}</p>
    </RowForm>
  );
}

function DeleteButton({ model, onDelete }: { model: ModelRecord; onDelete: () => void }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const remove = useAction(() => api.deleteModel.mutate({ id: model.id }), onDelete);
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
