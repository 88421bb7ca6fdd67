/** Every pair of hand and model: kinds and counts above, the wall, and beside it the chosen pair, the matrix and the scores. */
import { Select } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import type { SplitChoice } from '../../../contract/host-api.ts';
import type { PairOrder } from '../../../contract/schemas.ts';
import { useComparison } from '../../api/queries.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { Waiting } from '../../ui/notes.tsx';
import { CannotCompare } from './cannot-compare.tsx';
import styles from './compare.module.css';
import { ConfusionMatrix } from './confusion-matrix.tsx';
import { CropWall } from './crop-wall.tsx';
import { dropFocus, leaveFocus } from './leave-focus.ts';
import { PairView } from './pair-view.tsx';
import { choosePairs, noFilter, type PairFilter, pairKey, totalOf, totalOfAll, verdicts } from './pairs.ts';
import { ScoreHistogram } from './score-histogram.tsx';
import { useSteps } from './use-steps.ts';

const orders = ['worst-iou', 'highest-score', 'lowest-score'] as const satisfies readonly PairOrder[];

export function PairsView(props: {
  session: LabelSession;
  modelId: string;
  split: SplitChoice;
  minScore: number;
}): ReactElement {
  const { session, modelId, split, minScore } = props;
  const [order, setOrder] = useState<PairOrder>('worst-iou');
  const [filter, setFilter] = useState<PairFilter>(noFilter);
  const comparison = useComparison(modelId, split, minScore, order);
  const pairs = useMemo(
    () => (comparison.data === undefined ? [] : choosePairs(comparison.data, filter)),
    [comparison.data, filter],
  );
  const { current, choose, step } = useSteps(pairs, pairKey);
  if (comparison.isError)
    return (
      <CannotCompare error={comparison.error} modelId={modelId} onRetry={() => void comparison.refetch()} />
    );
  if (comparison.data === undefined) return <Waiting label={t('compare.counting')} />;
  const { totals, confusion, histogram } = comparison.data;
  const all = totalOfAll(totals);
  return (
    <div className={layout.columns}>
      <div className={styles.left}>
        <div className={styles.totals} role="toolbar" aria-label={t('compare.totals')}>
          <button
            type="button"
            aria-pressed={filter === noFilter}
            onMouseDown={leaveFocus}
            onClick={() => setFilter(noFilter)}
          >
            <b>{formatCount(all)}</b> {t('compare.allPairs')}
          </button>
          {verdicts.map((verdict) => (
            <button
              key={verdict}
              type="button"
              aria-pressed={filter.verdict === verdict}
              title={t(`verdict.${verdict}.text`)}
              onMouseDown={leaveFocus}
              onClick={() => setFilter(filter.verdict === verdict ? noFilter : { ...noFilter, verdict })}
            >
              <b>{formatCount(totalOf(totals, verdict))}</b> {t(`verdict.${verdict}`)}
            </button>
          ))}
          <span className={layout.dim}>
            {comparison.data.pairs.length < all
              ? t('compare.firstPairs', { n: comparison.data.pairs.length })
              : t('compare.images', { n: totals.images })}
          </span>
          <Select
            w={196}
            size="xs"
            aria-label={t('compare.order')}
            data={orders.map((value) => ({ value, label: t(`compare.order.${value}`) }))}
            value={order}
            onChange={(value) => {
              setOrder(orders.find((known) => known === value) ?? 'worst-iou');
              requestAnimationFrame(dropFocus);
            }}
          />
        </div>
        <CropWall
          pairs={pairs}
          currentKey={current === null ? null : pairKey(current)}
          onChoose={choose}
          hasAny={all > 0}
        />
      </div>
      <div className={styles.right}>
        <PairView session={session} pair={current} onNext={() => step(1)} />
        <ScoreHistogram
          bins={histogram}
          chosen={filter.bin}
          onChoose={(bin) => setFilter(bin === null ? noFilter : { ...noFilter, bin })}
        />
        <ConfusionMatrix
          confusion={confusion}
          cell={filter.cell}
          onCell={(cell) => setFilter(cell === null ? noFilter : { ...noFilter, cell })}
        />
      </div>
    </div>
  );
}
