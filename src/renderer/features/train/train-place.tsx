/** Train: every recipe on the left; beside it the chosen one with its plan and the button, always in sight; below, how it goes and what came of it. */
import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { TrainRequest } from '../../../contract/host-api.ts';
import { isJobOver } from '../../../core/jobs.ts';
import type { RecipeInfo, TrainingPlan } from '../../../core/learning.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useJobs, useModels, usePlan, useRecipes } from '../../api/queries.ts';
import { goTo } from '../../app/route.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Remark, Waiting } from '../../ui/notes.tsx';
import { EffectsPanel } from './effects-panel.tsx';
import { listAnswering } from './joinable.ts';
import { KeepLearning } from './keep-learning.tsx';
import { ModelsTable } from './models-table.tsx';
import { PlanFacts, PlanWarnings } from './plan-facts.tsx';
import { RecipeList } from './recipe-list.tsx';
import { RunDetails, type RunRequest } from './run-details.tsx';
import { RunView } from './run-view.tsx';
import { TimeBudget } from './time-budget.tsx';
import styles from './train.module.css';

export function TrainPlace(): ReactElement {
  const recipes = useRecipes();
  const jobs = useJobs();
  const models = useModels();
  const [chosen, setChosen] = useState<string | null>(null);
  const [settings, setSettings] = useState<RunRequest>({ parameters: {}, seed: 1, minutes: null });
  const recipe = recipes.data?.find(({ id }) => id === (chosen ?? 'detector')) ?? recipes.data?.[0];
  const request = recipe === undefined ? null : { recipe: recipe.id, ...settings };
  // A second look without anything to look at has no plan yet, and nothing is wrong.
  const lacksBoxes =
    recipe?.refines !== undefined &&
    models.data !== undefined &&
    listAnswering('boxes', models.data, recipes.data ?? []).length === 0;
  const plan = usePlan(lacksBoxes ? null : request);
  const start = useAction((input: TrainRequest) => api.startTraining.mutate(input));
  const trainJobs = (jobs.data ?? [])
    .filter(({ kind }) => kind === 'train')
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  const choose = (id: string): void => {
    setChosen(id);
    setSettings({ ...settings, parameters: {} });
  };
  const isTraining = trainJobs.some(({ state }) => !isJobOver(state));
  const planned = plan.isError || lacksBoxes ? undefined : plan.data;
  const canTrain = planned !== undefined && planned.trainImages > 0 && !isTraining;
  const hasResults = trainJobs.length > 0 || (models.data ?? []).length > 0;
  return (
    <div className={styles.train}>
      <section className={styles.recipes} aria-label={t('train.recipes')}>
        {recipes.isError ? (
          <ErrorNote error={readError(recipes.error)} onRetry={() => void recipes.refetch()} />
        ) : null}
        {recipes.isPending ? <Waiting label={t('train.recipesLoading')} /> : null}
        {recipe === undefined ? null : (
          <RecipeList recipes={recipes.data ?? []} chosen={recipe.id} onChoose={choose} />
        )}
      </section>
      <div className={styles.main}>
        {recipe === undefined || request === null ? null : (
          <Setup
            recipe={recipe}
            plan={planned}
            minutes={settings.minutes ?? null}
            onMinutes={(minutes) => setSettings({ ...settings, minutes })}
            state={isTraining ? 'training' : start.isPending ? 'starting' : canTrain ? 'ready' : 'not-ready'}
            onTrain={() => start.mutate(request)}
          />
        )}
        <div className={styles.results}>
          {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
          {lacksBoxes ? <NothingToLookAt onDetector={() => choose('detector')} /> : null}
          {plan.isError && !lacksBoxes ? (
            <ErrorNote error={readError(plan.error)} onRetry={() => void plan.refetch()} />
          ) : null}
          {planned === undefined || isTraining ? null : planned.trainImages === 0 ? (
            <NothingLabelled />
          ) : (
            <PlanWarnings plan={planned} />
          )}
          {recipe === undefined ? null : (
            <RunDetails recipe={recipe} plan={planned} settings={settings} onChange={setSettings} />
          )}
          <RunView job={trainJobs[0] ?? null} recipes={recipes.data ?? []} />
          {recipe === undefined || request === null ? null : (
            <EffectsPanel recipe={recipe} request={request} />
          )}
          {hasResults ? <ModelsTable /> : null}
          <KeepLearning />
        </div>
      </div>
    </div>
  );
}

/** Why the button is grey, and the way on. */
function NothingLabelled(): ReactElement {
  return (
    <Remark kind="warning">
      <div className={layout.row}>
        <span className={styles.grow}>{t('train.nothingLabelled')}</span>
        <Button variant="default" onClick={() => goTo('annotate')}>
          {t('train.toAnnotate')}
        </Button>
      </div>
    </Remark>
  );
}

/** A second look needs a model that finds boxes: the way to one. */
function NothingToLookAt({ onDetector }: { onDetector: () => void }): ReactElement {
  return (
    <Remark kind="warning">
      <div className={layout.row}>
        <span className={styles.grow}>{t('train.nothingToLookAt')}</span>
        <Button variant="default" onClick={onDetector}>
          {t('train.toDetector')}
        </Button>
      </div>
    </Remark>
  );
}

/** The chosen recipe in words, the plan in figures, the time, and the button. */
function Setup(props: {
  recipe: RecipeInfo;
  plan: TrainingPlan | undefined;
  minutes: number | null;
  onMinutes: (minutes: number | null) => void;
  state: 'ready' | 'not-ready' | 'starting' | 'training';
  onTrain: () => void;
}): ReactElement {
  const { recipe, plan, minutes, onMinutes, state, onTrain } = props;
  return (
    <section className={styles.setup} aria-label={t('train.setup')}>
      <div className={styles.about}>
        {/* The id is what the texts of other recipes and the command line call it. */}
        <h2>
          {recipe.title} <code className={styles.id}>{recipe.id}</code>
        </h2>
        <p>{recipe.summary}</p>
        <p className={layout.dim}>
          <em>{t('train.whenItFails')}</em> {recipe.whenItFails}
        </p>
      </div>
      <div className={styles.order}>
        <PlanFacts plan={plan} />
        <TimeBudget minutes={minutes} onChange={onMinutes} />
        <Button
          fullWidth
          size="sm"
          leftSection={<Icon name="train" />}
          disabled={state === 'not-ready' || state === 'training'}
          loading={state === 'starting'}
          onClick={onTrain}
        >
          {state === 'training' ? t('train.running') : t('train.start')}
        </Button>
      </div>
    </section>
  );
}
