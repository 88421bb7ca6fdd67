/** The tables of an evaluation report: figures with ranges, guesses beside the model, classes by boxes and by whole images. */
import type { ReactElement, ReactNode } from 'react';
import type { EvaluationReport } from '../../../core/evaluation.ts';
import { formatCount, formatMetric, formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './figures.module.css';

type Interval = EvaluationReport['intervals']['map'];

const formatRange = (interval: Interval): string =>
  interval === null ? '–' : `${formatMetric(interval.low)} – ${formatMetric(interval.high)}`;

/** A titled table; the first column names the row, the others hold numbers. */
function FactTable(props: {
  title: string;
  note: string;
  columns: readonly string[];
  rows: readonly { key: string; name: string; cells: readonly ReactNode[] }[];
}): ReactElement {
  return (
    <div className={styles.part}>
      <h3>{props.title}</h3>
      <table className={layout.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className={layout.visuallyHidden}>{props.title}</span>
            </th>
            {props.columns.map((column) => (
              <th key={column} scope="col" className={layout.number}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, name, cells }) => (
            <tr key={key}>
              <td>{name}</td>
              {cells.map((cell, column) => (
                <td key={props.columns[column]} className={layout.number}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {props.note === '' ? null : <p>{props.note}</p>}
    </div>
  );
}

const range = (interval: Interval): ReactNode => (
  <span className={styles.range}>{formatRange(interval)}</span>
);

export function FigureTable({ report, note }: { report: EvaluationReport; note: string }): ReactElement {
  const named = [
    ['map50', t('metric.map50')],
    ['map', t('metric.map')],
    ['meanIou', t('metric.meanIou')],
    ['boxClassAcc', t('figures.boxClassAcc')],
    ['classAcc', t('metric.classAcc')],
    ['logLoss', t('metric.logLoss')],
  ] as const;
  const rows = named
    .filter(([key]) => report[key] !== null)
    .map(([key, name]) => ({
      key,
      name,
      cells: [formatMetric(report[key]), range(report.intervals[key])],
    }));
  const columns = [t('figures.value'), t('figures.range')];
  return <FactTable title={t('figures.title')} note={note} columns={columns} rows={rows} />;
}

/** The figures without what the model knows already: how much near-duplicates of its training flatter it. */
export function UnseenTable(props: { unseen: NonNullable<EvaluationReport['unseen']> }): ReactElement {
  const { unseen } = props;
  const named = [
    ['map50', t('metric.map50')],
    ['map', t('metric.map')],
    ['boxClassAcc', t('figures.boxClassAcc')],
    ['classAcc', t('metric.classAcc')],
  ] as const;
  const rows = named
    .filter(([key]) => unseen[key] !== null)
    .map(([key, name]) => ({
      key,
      name,
      cells: [formatMetric(unseen[key]), range(unseen.intervals[key]), formatRange(unseen.flattery[key])],
    }));
  return (
    <FactTable
      title={t('figures.unseen')}
      note={t('figures.unseenText', { n: unseen.n, seen: formatCount(unseen.seen) })}
      columns={[t('figures.value'), t('figures.range'), t('figures.flattery')]}
      rows={rows}
    />
  );
}

export function BaselineTable(props: {
  baselines: NonNullable<EvaluationReport['baselines']>;
}): ReactElement {
  const { of, n, learntOn, model, rivals } = props.baselines;
  const counts = { n: formatCount(n), learntOn: formatCount(learntOn) };
  const first = {
    key: 'model',
    name: t('figures.model'),
    cells: [formatMetric(model.accuracy), range(model.interval), ''],
  };
  const others = rivals.map(({ id, accuracy, interval, gain }) => ({
    key: id,
    name: t(`figures.rival.${id}`),
    cells: [formatMetric(accuracy), range(interval), formatRange(gain)],
  }));
  return (
    <FactTable
      title={t('figures.beside')}
      note={of === 'images' ? t('figures.ofImages', counts) : t('figures.ofBoxes', counts)}
      columns={[t('metric.classAcc'), t('figures.range'), t('figures.gain')]}
      rows={[first, ...others]}
    />
  );
}

export function BoxClassTable({ report }: { report: EvaluationReport }): ReactElement {
  const { perClass, cut } = report;
  return (
    <FactTable
      title={t('figures.classes')}
      note={t('figures.cut', { score: formatScore(cut.minScore), iou: formatScore(cut.iou) })}
      columns={[
        t('figures.hand'),
        t('figures.ap50'),
        t('figures.range'),
        t('figures.precision'),
        t('figures.recall'),
      ]}
      rows={perClass.map((entry) => ({
        key: entry.classId,
        name: entry.name,
        cells: [
          formatCount(entry.truthBoxes),
          formatMetric(entry.ap50),
          range(entry.ap50Interval),
          formatScore(entry.precision),
          formatScore(entry.recall),
        ],
      }))}
    />
  );
}

export function ImageClassTable(props: {
  entries: NonNullable<EvaluationReport['perImageClass']>;
}): ReactElement {
  return (
    <FactTable
      title={t('figures.imageClasses')}
      note=""
      columns={[t('figures.imagesColumn'), t('figures.precision'), t('figures.recall'), t('figures.ap')]}
      rows={props.entries.map((entry) => ({
        key: entry.classId ?? 'nothing',
        name: entry.classId === null ? t('compare.nothing') : entry.name,
        cells: [
          formatCount(entry.truth),
          formatScore(entry.precision),
          formatScore(entry.recall),
          formatMetric(entry.ap),
        ],
      }))}
    />
  );
}
