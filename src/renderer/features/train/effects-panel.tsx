/** Learning from less: what a switch brings is measured on the validation images, with its range, and not assumed. */
import { Button, Select } from '@mantine/core';
import type { ReactElement } from 'react';
import { useState } from 'react';
import {
  type Effect,
  type EffectRequest,
  effectSchema,
  type Switch,
  switchOff,
} from '../../../contract/contrast.ts';
import type { TrainRequest } from '../../../contract/host-api.ts';
import { isJobOver } from '../../../core/jobs.ts';
import type { RecipeInfo } from '../../../core/learning.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useJobs, useModels } from '../../api/queries.ts';
import { formatTime } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './contrast.module.css';
import { describeRange } from './contrast-view.tsx';
import { GainTable } from './gain-table.tsx';

const runChoices = ['1', '3', '5'] as const;

export function EffectsPanel({
  recipe,
  request,
}: {
  recipe: RecipeInfo;
  request: TrainRequest;
}): ReactElement {
  const [runs, setRuns] = useState<(typeof runChoices)[number]>('1');
  const jobs = (useJobs().data ?? [])
    .filter(({ kind }) => kind === 'effect')
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  const models = useModels().data ?? [];
  const start = useAction((asked: EffectRequest) => api.startEffect.mutate(asked));
  const isBusy = start.isPending || jobs.some(({ state }) => !isJobOver(state));
  const ensemble = [...models]
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .find((model) => recipe.joins !== undefined && model.recipe === recipe.id);
  const share = request.parameters?.pseudoShare;
  const offers: { what: Switch; asked: EffectRequest | null; hint: string }[] = [];
  if (recipe.joins !== undefined)
    offers.push({
      what: 'ensemble',
      asked: ensemble === undefined ? null : { what: 'ensemble', modelId: ensemble.id },
      hint: ensemble === undefined ? t('effect.makeFirst') : ensemble.name,
    });
  for (const what of ['augmentation', 'pseudo-labels'] as const) {
    if (switchOff(what, request, recipe.defaults) === undefined) continue;
    const isOff = what === 'pseudo-labels' && !(typeof share === 'number' && share > 0);
    offers.push({
      what,
      asked: isOff
        ? null
        : { what, request: { ...request, parameters: request.parameters ?? {} }, runs: Number(runs) },
      hint: isOff ? t('effect.chooseShare') : t(`effect.${what}.text`),
    });
  }
  const failed = jobs[0]?.state.status === 'failed' ? jobs[0].state.error : null;
  const results = jobs.flatMap(({ id, result, createdAtMs }) => {
    const read = effectSchema.safeParse(result);
    return read.success && read.data.recipe === recipe.id ? [{ id, createdAtMs, effect: read.data }] : [];
  });
  return (
    <section className={layout.section} aria-label={t('effect.title')}>
      <div className={styles.head}>
        <h2>{t('effect.title')}</h2>
        <span className={layout.dim}>{t('effect.text')}</span>
        {recipe.joins === undefined ? (
          <Select
            size="xs"
            w={150}
            ml="auto"
            aria-label={t('effect.runs')}
            data={runChoices.map((value) => ({ value, label: t('effect.runCount', { n: Number(value) }) }))}
            value={runs}
            onChange={(value) => setRuns(runChoices.find((one) => one === value) ?? '1')}
          />
        ) : null}
      </div>
      {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
      {failed === null ? null : <ErrorNote error={failed} />}
      <ul className={styles.switches}>
        {offers.map(({ what, asked, hint }) => (
          <li key={what}>
            <b>{t(`effect.${what}`)}</b>
            <span className={layout.dim}>{hint}</span>
            <Button
              size="xs"
              variant="default"
              disabled={asked === null || isBusy}
              onClick={() => {
                if (asked !== null) start.mutate(asked);
              }}
            >
              {isBusy ? t('effect.measuring') : t('effect.measure')}
            </Button>
          </li>
        ))}
      </ul>
      <div className={styles.parts}>
        {results.slice(0, 4).map(({ id, createdAtMs, effect }) => (
          <Measured key={id} effect={effect} atMs={createdAtMs} />
        ))}
      </div>
    </section>
  );
}

function Measured({ effect, atMs }: { effect: Effect; atMs: number }): ReactElement {
  const { what, contrast, withIds, withoutIds } = effect;
  const spread = contrast.figures.find(({ gain }) => gain !== null)?.runs ?? [];
  const isEnsemble = what === 'ensemble';
  const note = [
    isEnsemble ? t('effect.overMean', { n: withoutIds.length }) : t('effect.trained', { n: withIds.length }),
    describeRange(contrast, 0),
    spread.length > 1
      ? t('effect.eachRun', { gains: spread.map((gain) => (gain ?? 0).toFixed(3)).join(', ') })
      : isEnsemble
        ? ''
        : t('effect.oneRun'),
  ].filter((text) => text !== '');
  return (
    <div>
      <h3>
        {t(`effect.${what}`)} <span className={layout.dim}>{formatTime(atMs)}</span>
      </h3>
      <GainTable contrast={contrast} names={[t('effect.without'), t('effect.with')]} note={note.join(' ')} />
    </div>
  );
}
