/** What is odd in labels and photographs: each kind opens its photographs in Annotate. */
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import type { AuditReport } from '../../../core/audit/report.ts';
import { goTo } from '../../app/route.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import { hostSentence } from '../../ui/host-words.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState } from '../../ui/notes.tsx';
import styles from './data.module.css';

export function FindingsView({ report }: { report: AuditReport }): ReactElement {
  return (
    <div className={layout.page}>
      <div className={layout.inner}>
        <section className={layout.section}>
          <h2>{t('data.findings')}</h2>
          {report.findings.length === 0 ? (
            <EmptyState icon="check" title={t('data.noFindings')} text={t('data.noFindingsText')} />
          ) : (
            <table className={layout.table}>
              <tbody>
                {report.findings.map(({ id, boxes, imageIds, detail }) => (
                  <tr key={id}>
                    <td>
                      <b>{t(`finding.${id}`)}</b>
                      <div className={layout.dim}>{hostSentence(detail)}</div>
                    </td>
                    <td className={layout.number}>
                      {boxes === 0 ? '' : t('annotate.boxesHere', { n: boxes })}
                    </td>
                    <td className={layout.number}>{t('annotate.count', { n: imageIds.length })}</td>
                    <td className={layout.number}>
                      <Button
                        size="compact-xs"
                        variant="default"
                        onClick={() => goTo('annotate', imageIds[0] ?? null, { query: `finding=${id}` })}
                      >
                        {t('data.openFinding')}
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
        <Balance report={report} />
      </div>
    </div>
  );
}

/** Boxes of each class by group; darker is more. */
function Balance({ report }: { report: AuditReport }): ReactElement {
  const { classes, groups } = report.balance;
  const most = Math.max(1, ...groups.flatMap(({ boxes }) => boxes));
  return (
    <section className={layout.section}>
      <h2>{t('data.balance')}</h2>
      <div className={styles.scrollTable}>
        <table className={`${layout.table} ${styles.balance}`}>
          <thead>
            <tr>
              <th>{t('data.group')}</th>
              <th className={layout.number}>{t('data.images')}</th>
              {classes.map(({ id, name }) => (
                <th key={id} className={layout.number}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {groups.slice(0, 200).map((group) => (
              <tr key={group.name}>
                <td>{group.name === '' ? t('data.noGroup') : group.name}</td>
                <td className={layout.number}>{formatCount(group.images)}</td>
                {group.boxes.map((count, i) => (
                  <td
                    key={classes[i]?.id ?? i}
                    className={layout.number}
                    style={{
                      background: `color-mix(in srgb, var(--cl-accent) ${Math.round(55 * Math.sqrt(count / most))}%, transparent)`,
                    }}
                  >
                    {count === 0 ? '' : formatCount(count)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
