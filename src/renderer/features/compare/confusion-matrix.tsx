/** Hand class by predicted class; a cell opens its pairs. */
import type { CSSProperties, ReactElement } from 'react';
import type { Comparison } from '../../../contract/schemas.ts';
import { useClasses } from '../../api/queries.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './compare.module.css';
import { leaveFocus } from './leave-focus.ts';
import type { Cell } from './pairs.ts';

export function ConfusionMatrix(props: {
  confusion: Comparison['confusion'];
  cell: Cell | null;
  onCell: (cell: Cell | null) => void;
}): ReactElement {
  const { confusion, cell, onCell } = props;
  const classes = useClasses().data ?? [];
  // By id, not by name: until the classes are known all names are alike, and two classes may be called the same.
  const axis = [
    ...confusion.classIds.map((id) => ({
      id,
      name: classes.find((record) => record.id === id)?.name ?? '–',
    })),
    { id: 'nothing', name: t('compare.nothing') },
  ];
  const most = Math.max(1, ...confusion.counts.flat());
  return (
    <section className={styles.matrix} aria-label={t('compare.matrix')}>
      <div className={layout.head}>
        <h2>{t('compare.matrix')}</h2>
        <span>{t('compare.matrixText')}</span>
      </div>
      <div className={styles.matrixScroll}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className={layout.visuallyHidden}>{t('compare.hand')}</span>
              </th>
              {axis.map(({ id, name }) => (
                <th key={id} scope="col" title={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {confusion.counts.map((counts, row) => (
              <tr key={axis[row]?.id}>
                <th scope="row" title={axis[row]?.name}>
                  {axis[row]?.name}
                </th>
                {counts.map((count, column) => {
                  const isChosen = cell?.row === row && cell.column === column;
                  return (
                    <td key={axis[column]?.id}>
                      <button
                        type="button"
                        disabled={count === 0}
                        aria-pressed={isChosen}
                        data-agree={row === column || undefined}
                        style={{ '--share': count / most } as CSSProperties}
                        aria-label={t('compare.cell', {
                          hand: axis[row]?.name ?? '',
                          model: axis[column]?.name ?? '',
                          n: count,
                        })}
                        onMouseDown={leaveFocus}
                        onClick={() => onCell(isChosen ? null : { row, column })}
                      >
                        {count === 0 ? '·' : formatCount(count)}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
