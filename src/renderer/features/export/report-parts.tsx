/** Parts of a transfer's report that its preview has, too. */
import type { ReactElement } from 'react';
import type { TransferReport } from '../../../contract/transfer.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import { transferSentence } from '../../ui/host-words.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';

/** `isLoud`: a number that a person should not pass over. */
export function Figure({
  name,
  value,
  isLoud = false,
}: {
  name: string;
  value: number;
  isLoud?: boolean;
}): ReactElement {
  return (
    <div data-loud={isLoud || undefined}>
      <dt>{name}</dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}

const shownRows = 100;

export function SkippedTable({ skipped }: Pick<TransferReport, 'skipped'>): ReactElement {
  return (
    <>
      <table className={layout.table}>
        <thead>
          <tr>
            <th scope="col">{t('report.what')}</th>
            <th scope="col">{t('report.why')}</th>
          </tr>
        </thead>
        <tbody>
          {skipped.slice(0, shownRows).map(({ what, why }) => (
            <tr key={`${what} ${why}`}>
              <td>{transferSentence(what)}</td>
              <td>{transferSentence(why)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {skipped.length > shownRows ? (
        <p className={layout.dim}>{t('report.more', { n: skipped.length - shownRows })}</p>
      ) : null}
    </>
  );
}
