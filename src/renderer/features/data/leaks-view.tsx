/** What gives the class away besides the fish: the verdict, the evidence as a table with intervals, and what to do. */
import type { ReactElement } from 'react';
import type { LeakFigure } from '../../../core/audit/leak-test.ts';
import type { AuditReport } from '../../../core/audit/report.ts';
import { formatPercent } from '../../ui/format-numbers.ts';
import { hostSentence } from '../../ui/host-words.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, Remark } from '../../ui/notes.tsx';
import styles from './data.module.css';

type Test = AuditReport['leaks'][number];

export function LeaksView({ report }: { report: AuditReport }): ReactElement {
  if (report.leaks.length === 0)
    return <EmptyState icon="problem" title={t('data.noLeakTest')} text={t('data.noLeakTestText')} />;
  return (
    <div className={layout.page}>
      <div className={layout.inner}>
        {report.leaks.map((test) => (
          <LeakTable key={test.target} test={test} />
        ))}
      </div>
    </div>
  );
}

function LeakTable({ test }: { test: Test }): ReactElement {
  return (
    <section className={layout.section}>
      <h2>{t(`data.target.${test.target}`)}</h2>
      <Remark kind={test.verdict.kind === 'none' ? 'info' : 'warning'}>
        <strong>{hostSentence(test.verdict.sentence)}</strong>
        <p>{hostSentence(test.verdict.advice)}</p>
      </Remark>
      <div className={styles.scrollTable}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>{t('data.suspect')}</th>
              <th>{t('data.divided')}</th>
              <th className={styles.rangeHead}>{t('data.right')}</th>
              <th className={layout.number}>{t('data.share')}</th>
              <th className={layout.number}>{t('data.majority')}</th>
              <th className={layout.number}>{t('data.shuffled')}</th>
              <th className={layout.number}>{t('data.gain')}</th>
              <th>{t('data.found')}</th>
            </tr>
          </thead>
          <tbody>
            {test.suspects.flatMap(({ id, column, figures }) =>
              figures.map((figure, i) => (
                <tr key={`${id} ${column ?? ''} ${figure.split}`} data-first={i === 0 || undefined}>
                  <td>{i > 0 ? '' : t(`data.suspect.${id}`, { name: column ?? '' })}</td>
                  <td>{t(`data.divided.${figure.split}`)}</td>
                  <td>
                    <Range figure={figure} />
                  </td>
                  <td className={layout.number}>{formatPercent(figure.accuracy)}</td>
                  <td className={layout.number}>{formatPercent(figure.majority)}</td>
                  <td className={layout.number}>{formatPercent(figure.shuffled)}</td>
                  <td className={layout.number}>{formatBits(figure.gainBits)}</td>
                  <td>
                    {figure.isFound ? (
                      <span className={styles.alarm}>{t('data.isFound')}</span>
                    ) : (
                      <span className={layout.dim}>{t('data.notFound')}</span>
                    )}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      <p className={layout.dim}>{t('data.leakNote', { images: test.images, groups: test.groups })}</p>
    </section>
  );
}

/** Two places; never minus nought. */
const formatBits = (bits: number): string => (Math.abs(bits) < 0.005 ? 0 : bits).toFixed(2);

/** The share told with its 95 % interval; the upright stroke is the commonest class alone. */
function Range({ figure }: { figure: LeakFigure }): ReactElement {
  const { accuracy, accuracyInterval, majority } = figure;
  const [low, high] =
    accuracyInterval === null ? [accuracy, accuracy] : [accuracyInterval.low, accuracyInterval.high];
  return (
    <svg
      className={styles.range}
      viewBox="0 0 160 16"
      role="img"
      aria-label={t('data.rangeText', {
        low: formatPercent(low),
        high: formatPercent(high),
        majority: formatPercent(majority),
      })}
      data-found={figure.isFound || undefined}
    >
      <line x1={0} x2={160} y1={8} y2={8} className={styles.axis} />
      <line x1={low * 160} x2={high * 160} y1={8} y2={8} className={styles.span} />
      <circle cx={accuracy * 160} cy={8} r={3.5} />
      <line x1={majority * 160} x2={majority * 160} y1={1} y2={15} className={styles.mark} />
    </svg>
  );
}
