/** What a run can be told besides its time, behind a fold: how images are divided, the backbone, the seed, the recipe's parameters. */
import { Button, NumberInput, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { TrainRequest } from '../../../contract/host-api.ts';
import type { RecipeInfo, TrainingPlan } from '../../../core/learning.ts';
import { useModels, useRecipes } from '../../api/queries.ts';
import { JsonForm } from '../../ui/json-form.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { BackboneChoice } from './backbone-choice.tsx';
import { type Answer, listAnswering, listJoinable } from './joinable.ts';
import { ClassCounts } from './plan-facts.tsx';
import styles from './train.module.css';

export type RunRequest = Omit<TrainRequest, 'recipe'>;

const answers: readonly Answer[] = ['class', 'boxes', 'lines'];
const splitChoices = ['as-marked', 'grouped', 'random'] as const;

export function RunDetails(props: {
  recipe: RecipeInfo;
  plan: TrainingPlan | undefined;
  settings: RunRequest;
  onChange: (settings: RunRequest) => void;
}): ReactElement {
  const { recipe, plan, settings, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const [models, recipes] = [useModels().data ?? [], useRecipes().data ?? []];
  const listModels = ({ says }: { readonly says: string | null }) => {
    const answer = answers.find((known) => known === says);
    const fitting =
      answer === undefined
        ? listJoinable(recipe.joins ?? 'class', models, recipes)
        : listAnswering(answer, models, recipes);
    return fitting.map(({ id, name }) => ({ value: id, label: name }));
  };
  const changed = Object.keys(settings.parameters ?? {}).length;
  return (
    <section className={styles.details} aria-label={t('train.details')}>
      <div className={layout.row}>
        <Button
          variant="default"
          aria-expanded={isOpen}
          rightSection={<span aria-hidden="true">{isOpen ? '▴' : '▾'}</span>}
          onClick={() => setOpen(!isOpen)}
        >
          {t('train.details')}
        </Button>
        {changed === 0 ? null : (
          <>
            <span className={layout.dim}>{t('train.changed', { n: changed })}</span>
            <Button variant="subtle" color="gray" onClick={() => onChange({ ...settings, parameters: {} })}>
              {t('train.changedReset')}
            </Button>
          </>
        )}
      </div>
      {isOpen ? (
        <div className={styles.detailParts}>
          <div className={styles.detailPart}>
            <Select
              label={t('train.splitBy')}
              data={splitChoices.map((value) => ({ value, label: t(`train.split.${value}`) }))}
              value={plan?.splitBy ?? settings.splitBy ?? null}
              onChange={(value) => {
                const choice = splitChoices.find((known) => known === value);
                if (choice !== undefined) onChange({ ...settings, splitBy: choice });
              }}
            />
            <BackboneChoice />
            <NumberInput
              label={t('train.seed')}
              description={t('train.seedText')}
              value={settings.seed ?? 1}
              min={0}
              allowDecimal={false}
              onChange={(value) => {
                if (typeof value === 'number') onChange({ ...settings, seed: value });
              }}
            />
            {plan === undefined ? null : <ClassCounts plan={plan} />}
          </div>
          <div className={styles.detailPart}>
            <h3>{t('train.parametersOf', { recipe: recipe.title })}</h3>
            <JsonForm
              schema={recipe.parametersSchema}
              values={{ ...recipe.defaults, ...settings.parameters }}
              listModels={listModels}
              onChange={(parameters) =>
                onChange({ ...settings, parameters: changedOnly(parameters, recipe.defaults) })
              }
            />
          </div>
        </div>
      ) : null}
    </section>
  );
}

/** Only what differs from the recipe is sent, so that the record of a run says what was chosen. */
function changedOnly(
  values: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== defaults[name]));
}
