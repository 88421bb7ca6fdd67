/** The plan before the run: how images are divided, how many boxes each class has, and what speaks against it. */
import { Select } from '@mantine/core';
import type { ReactElement } from 'react';
import type { TrainingPlan } from '../../../core/learning.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { Remark } from '../../ui/notes.tsx';
import styles from './train.module.css';

const splitChoices = ['as-marked', 'grouped', 'random'] as const;

export function PlanView({
  plan,
  onSplitBy,
}: {
  plan: TrainingPlan;
  onSplitBy: (splitBy: TrainingPlan['splitBy']) => void;
}): ReactElement {
  return (
    <section className={styles.plan} aria-label={t('train.plan')}>
      <h3>{t('train.plan')}</h3>
      <dl className={layout.facts}>
        <dt>{t('train.trainImages')}</dt>
        <dd>{formatCount(plan.trainImages)}</dd>
        <dt>{t('train.validImages')}</dt>
        <dd>{formatCount(plan.validImages)}</dd>
        <dt>{t('train.boxes')}</dt>
        <dd>{formatCount(plan.boxes)}</dd>
        <dt>{t('train.groups')}</dt>
        <dd>{formatCount(plan.groups)}</dd>
      </dl>
      <Select
        label={t('train.splitBy')}
        data={splitChoices.map((value) => ({ value, label: t(`train.split.${value}`) }))}
        value={plan.splitBy}
        onChange={(value) => {
          const choice = splitChoices.find((known) => known === value);
          if (choice !== undefined) onSplitBy(choice);
        }}
      />
      {plan.warnings.map((warning) => (
        <Remark key={warning.code + warning.message} kind="warning">
          {warning.message} <span className={layout.dim}>{warning.hint}</span>
        </Remark>
      ))}
      {plan.perClass.length === 0 ? null : (
        <table className={layout.table}>
          <thead>
            <tr>
              <th scope="col">{t('class.title')}</th>
              <th scope="col" className={layout.number}>
                {t('train.training')}
              </th>
              <th scope="col" className={layout.number}>
                {t('train.validation')}
              </th>
            </tr>
          </thead>
          <tbody>
            {plan.perClass.map((row) => (
              <tr key={row.classId}>
                <td>{row.name}</td>
                <td className={layout.number}>{formatCount(row.trainBoxes)}</td>
                <td className={layout.number}>{formatCount(row.validBoxes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
