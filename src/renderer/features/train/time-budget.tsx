/** How long a run may take: as long as the recipe finds right, one of a few times, or minutes of one's own. */
import { NumberInput, SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { t } from '../../ui/messages.ts';
import styles from './train.module.css';

const budgets = ['auto', '0.5', '2', '10'] as const;
const ownMinutes = 5;

/** `minutes` is null for as long as needed. */
export function TimeBudget(props: {
  minutes: number | null;
  onChange: (minutes: number | null) => void;
}): ReactElement {
  const { minutes, onChange } = props;
  const [isOwn, setOwn] = useState(false);
  const preset = budgets.find((budget) => budget === (minutes === null ? 'auto' : String(minutes)));
  const choose = (value: string): void => {
    setOwn(value === 'own');
    if (value === 'own') onChange(minutes ?? ownMinutes);
    else onChange(value === 'auto' ? null : Number(value));
  };
  return (
    <div>
      <h3 id="time-budget">{t('train.time')}</h3>
      <SegmentedControl
        fullWidth
        className={styles.budget ?? ''}
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
          value={minutes ?? ownMinutes}
          onChange={(value) => {
            if (typeof value === 'number' && value > 0) onChange(value);
          }}
        />
      ) : null}
    </div>
  );
}
