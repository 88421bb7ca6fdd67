/** Train: what to train on the left (recipe, time, plan), how it goes and what came of it on the right. */
import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { TrainRequest } from '../../../contract/host-api.ts';
import { isJobOver } from '../../../core/jobs.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useJobs, usePlan, useRecipes } from '../../api/queries.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Waiting } from '../../ui/notes.tsx';
import { BackboneChoice } from './backbone-choice.tsx';
import { ModelsTable } from './models-table.tsx';
import { PlanView } from './plan-view.tsx';
import { RecipeChoice } from './recipe-choice.tsx';
import { RunSettings } from './run-settings.tsx';
import { RunView } from './run-view.tsx';
import styles from './train.module.css';

export function TrainPlace(): ReactElement {
  const recipes = useRecipes();
  const jobs = useJobs();
  const [chosen, setChosen] = useState<string | null>(null);
  const [settings, setSettings] = useState<Omit<TrainRequest, 'recipe'>>({
    parameters: {},
    seed: 1,
    minutes: null,
  });
  const recipe = recipes.data?.find(({ id }) => id === (chosen ?? 'detector')) ?? recipes.data?.[0];
  const request = recipe === undefined ? null : { recipe: recipe.id, ...settings };
  const plan = usePlan(request);
  const start = useAction((input: TrainRequest) => api.startTraining.mutate(input));
  const trainJobs = (jobs.data ?? [])
    .filter(({ kind }) => kind === 'train')
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  const isTraining = trainJobs.some(({ state }) => !isJobOver(state));
  const canTrain = request !== null && plan.data !== undefined && plan.data.trainImages > 0 && !isTraining;
  return (
    <div className={layout.columns}>
      <section className={styles.setup} aria-label={t('train.setup')}>
        <div className={styles.scroll}>
          {recipes.isError ? (
            <ErrorNote error={readError(recipes.error)} onRetry={() => void recipes.refetch()} />
          ) : null}
          {recipes.isPending ? <Waiting label={t('train.recipesLoading')} /> : null}
          {recipe === undefined ? null : (
            <>
              <RecipeChoice
                recipes={recipes.data ?? []}
                chosen={recipe.id}
                onChoose={(id) => {
                  setChosen(id);
                  setSettings({ ...settings, parameters: {} });
                }}
              />
              <RunSettings recipe={recipe} settings={settings} onChange={setSettings} />
              <BackboneChoice />
              {plan.isError ? (
                <ErrorNote error={readError(plan.error)} onRetry={() => void plan.refetch()} />
              ) : null}
              {plan.data === undefined || plan.isError ? null : (
                <PlanView plan={plan.data} onSplitBy={(splitBy) => setSettings({ ...settings, splitBy })} />
              )}
            </>
          )}
        </div>
        <div className={styles.go}>
          {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
          <Button
            fullWidth
            size="sm"
            leftSection={<Icon name="train" />}
            disabled={!canTrain}
            loading={start.isPending}
            onClick={() => {
              if (request !== null) start.mutate(request);
            }}
          >
            {isTraining ? t('train.running') : t('train.start')}
          </Button>
        </div>
      </section>
      <div className={layout.page}>
        <div className={styles.results}>
          <RunView job={trainJobs[0] ?? null} recipe={recipe ?? null} />
          <ModelsTable />
        </div>
      </div>
    </div>
  );
}
