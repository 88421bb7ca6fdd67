/** The plan before the run: how many images teach and judge, what speaks against it, and how many boxes each class has. */
import type { ReactElement } from 'react';
import type { FineTuningCost, TrainingPlan } from '../../../core/learning.ts';
import { formatCount, formatDuration, formatValue } from '../../ui/format-numbers.ts';
import { hostSentence } from '../../ui/host-words.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { Remark } from '../../ui/notes.tsx';
import styles from './train.module.css';

/** While the plan is being made its rows stand there already, so that nothing moves when it comes. */
export function PlanFacts({ plan }: { plan: TrainingPlan | undefined }): ReactElement {
  return (
    <dl className={layout.facts} aria-label={t('train.plan')}>
      <dt>{t('train.learnsFrom')}</dt>
      <dd>{plan === undefined ? '…' : t('annotate.count', { n: plan.trainImages })}</dd>
      <dt>{t('train.judgedBy')}</dt>
      <dd>{plan === undefined ? '…' : t('annotate.count', { n: plan.validImages })}</dd>
      <dt>{t('train.boxes')}</dt>
      <dd>
        {plan === undefined
          ? '…'
          : t('train.boxesInGroups', {
              boxes: plan.boxes,
              groups: t('train.groupCount', { n: plan.groups }),
            })}
      </dd>
      <dt>{t('train.divided')}</dt>
      <dd>{plan === undefined ? '…' : t(`train.divided.${plan.splitBy}`)}</dd>
      {plan?.pseudoImages === undefined ? null : (
        <>
          <dt>{t('train.unlabelled')}</dt>
          <dd>{t('annotate.count', { n: plan.pseudoImages })}</dd>
        </>
      )}
      {plan?.fineTuning === undefined ? null : <FineTuningFacts cost={plan.fineTuning} />}
    </dl>
  );
}

/** What moving the backbone takes; nothing where it cannot be moved: the warning says why. */
function FineTuningFacts({ cost }: { cost: FineTuningCost }): ReactElement | null {
  const { numbers, backboneNumbers, imagesPerS, visits, minutes } = cost;
  if (numbers === null || backboneNumbers === null) return null;
  const rounded = (value: number): string => formatCount(Number(value.toPrecision(2)));
  return (
    <>
      <dt>{t('train.moves')}</dt>
      <dd>{t('train.movesText', { all: rounded(numbers), backbone: rounded(backboneNumbers) })}</dd>
      <dt>{t('train.cost')}</dt>
      <dd>
        {imagesPerS === null || visits === null || minutes === null
          ? t('train.costUnknown')
          : t('train.costText', {
              speed: formatValue(Number(imagesPerS.toPrecision(2))),
              visits: rounded(visits),
              time: formatDuration(minutes * 60_000),
            })}
      </dd>
    </>
  );
}

export function PlanWarnings({ plan }: { plan: TrainingPlan }): ReactElement | null {
  if (plan.warnings.length === 0) return null;
  return (
    <div className={styles.warnings}>
      {plan.warnings.map((warning) => (
        <Remark key={warning.code + warning.message} kind="warning">
          {hostSentence(warning.message)} <span className={layout.dim}>{hostSentence(warning.hint)}</span>
        </Remark>
      ))}
    </div>
  );
}

export function ClassCounts({ plan }: { plan: TrainingPlan }): ReactElement | null {
  if (plan.perClass.length === 0) return null;
  return (
    <table className={layout.table}>
      <thead>
        <tr>
          <th scope="col">{t('train.boxesOfClass')}</th>
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
  );
}
