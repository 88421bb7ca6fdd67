/** Figures without and with, or of two models, and the difference with its range: sure, or not. */
import type { ReactElement } from 'react';
import type { ContrastTable } from '../../../contract/contrast.ts';
import { formatMetric } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './contrast.module.css';
import { metricNames } from './metric-names.ts';

type Row = ContrastTable['figures'][number] | ContrastTable['perClass'][number];

const figureNames = { ...metricNames, boxClassAcc: 'figures.boxClassAcc' } as const;

export function GainTable(props: {
  contrast: ContrastTable;
  names: readonly [string, string];
  note: string;
}): ReactElement {
  const { contrast, names, note } = props;
  const figures = contrast.figures.filter(({ gain }) => gain !== null);
  const classes = contrast.perClass.filter(({ gain }) => gain !== null);
  return (
    <div className={styles.gains}>
      <table className={layout.table}>
        <thead>
          <tr>
            <th scope="col">{t('contrast.figure')}</th>
            {names.map((name) => (
              <th key={name} scope="col" className={layout.number}>
                {name}
              </th>
            ))}
            <th scope="col" className={layout.number}>
              {t('contrast.gain')}
            </th>
            <th scope="col" className={layout.number}>
              {t('figures.range')}
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.map((row) => (
            <GainRow
              key={row.name}
              name={t(figureNames[row.name])}
              row={row}
              isLowGood={row.name === 'logLoss'}
            />
          ))}
          {classes.map((row) => (
            <GainRow
              key={row.classId}
              name={t('contrast.apOf', { name: row.name })}
              row={row}
              isLowGood={false}
            />
          ))}
        </tbody>
      </table>
      <p>{note}</p>
    </div>
  );
}

function GainRow({ name, row, isLowGood }: { name: string; row: Row; isLowGood: boolean }): ReactElement {
  const { first, second, gain, interval } = row;
  // Sure where the whole range lies on one side of 0.
  const side = interval === null ? 0 : interval.low > 0 ? 1 : interval.high < 0 ? -1 : 0;
  const verdict = side === 0 ? 'unsure' : side > 0 !== isLowGood ? 'better' : 'worse';
  return (
    <tr>
      <td>{name}</td>
      <td className={layout.number}>{formatMetric(first)}</td>
      <td className={layout.number}>{formatMetric(second)}</td>
      <td className={layout.number} data-verdict={verdict}>
        <b>{signed(gain)}</b>
        <span className={layout.visuallyHidden}>{t(`contrast.verdict.${verdict}`)}</span>
      </td>
      <td className={layout.number} title={t(`contrast.verdict.${verdict}`)}>
        <span className={layout.dim}>
          {interval === null ? '–' : `${signed(interval.low)} … ${signed(interval.high)}`}
        </span>
      </td>
    </tr>
  );
}

const signed = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${formatMetric(value)}`;
