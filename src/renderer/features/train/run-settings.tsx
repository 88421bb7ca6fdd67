/** Time to spend, seed, and behind a fold the parameters of the recipe. */
import { Button, Collapse, NumberInput, SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { TrainRequest } from '../../../contract/host-api.ts';
import type { RecipeInfo } from '../../../core/learning.ts';
import { JsonForm } from '../../ui/json-form.tsx';
import { t } from '../../ui/messages.ts';
import styles from './train.module.css';

type Settings = Omit<TrainRequest, 'recipe'>;

const budgets = ['auto', '0.5', '2', '10'] as const;

export function RunSettings(props: {
  recipe: RecipeInfo;
  settings: Settings;
  onChange: (settings: Settings) => void;
}): ReactElement {
  const { recipe, settings, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const [isOwn, setOwn] = useState(false);
  const preset = budgets.find(
    (budget) => budget === (settings.minutes === null ? 'auto' : String(settings.minutes)),
  );
  const choose = (value: string): void => {
    setOwn(value === 'own');
    if (value !== 'own') onChange({ ...settings, minutes: value === 'auto' ? null : Number(value) });
  };
  return (
    <div className={styles.settings}>
      <div>
        <h3 id="time-budget">{t('train.time')}</h3>
        <SegmentedControl
          fullWidth
          aria-labelledby="time-budget"
          value={isOwn || preset === undefined ? 'own' : preset}
          onChange={choose}
          data={[
            ...budgets.map((value) => ({ value, label: t(`train.budget.${value}`) })),
            { value: 'own', label: t('train.budget.own') },
          ]}
        />
        {isOwn ? (
          <NumberInput
            mt={6}
            aria-label={t('train.minutes')}
            suffix={` ${t('unit.min')}`}
            min={0.1}
            max={1440}
            value={settings.minutes ?? 5}
            onChange={(value) => {
              if (typeof value === 'number' && value > 0) onChange({ ...settings, minutes: value });
            }}
          />
        ) : null}
      </div>
      <Button
        variant="subtle"
        color="gray"
        justify="start"
        px={0}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? t('train.parametersHide') : t('train.parametersShow')}
      </Button>
      <Collapse expanded={isOpen}>
        <div className={styles.parameters}>
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
          <JsonForm
            schema={recipe.parametersSchema}
            values={{ ...recipe.defaults, ...settings.parameters }}
            onChange={(parameters) =>
              onChange({ ...settings, parameters: changedOnly(parameters, recipe.defaults) })
            }
          />
        </div>
      </Collapse>
    </div>
  );
}

/** Only what differs from the recipe is sent, so that the record of a run says what was chosen. */
function changedOnly(
  values: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== defaults[name]));
}
