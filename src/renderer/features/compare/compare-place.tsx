/** Compare: what the model says (yellow, dashed) against the hand (red, solid), worst agreement first; fix either side. */
import { Button, Select } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import type { SplitChoice } from '../../../contract/host-api.ts';
import { defaultCutScore } from '../../../core/review.ts';
import { readError } from '../../api/errors.ts';
import { useComparison, useModels } from '../../api/queries.ts';
import { useActions } from '../../app/keymap.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { goTo } from '../../app/route.ts';
import { EditorButton } from '../../ui/editor-button.tsx';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { MinScore } from '../../ui/min-score.tsx';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import styles from './compare.module.css';
import { ConfusionMatrix } from './confusion-matrix.tsx';
import { CropWall } from './crop-wall.tsx';
import { PairView } from './pair-view.tsx';
import { choosePairs, type PairFilter, pairKey, totalOf, verdicts } from './pairs.ts';

export function ComparePlace(): ReactElement {
  const session = useLabelSession();
  const models = useModels();
  if (session === null || models.isPending) return <Waiting label={t('action.loading')} />;
  if ((models.data ?? []).length === 0) {
    return (
      <EmptyState
        icon="compare"
        title={t('compare.noModel')}
        text={t('compare.noModelText')}
        action={<Button onClick={() => goTo('train')}>{t('review.toTrain')}</Button>}
      />
    );
  }
  return <Compare session={session} />;
}

const splits = ['valid', 'train', 'test', 'all'] as const satisfies readonly SplitChoice[];
const noFilter: PairFilter = { verdict: null, cell: null };

function Compare({ session }: { session: LabelSession }): ReactElement {
  const models = useModels().data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [split, setSplit] = useState<SplitChoice>('valid');
  const [minScore, setMinScore] = useState(defaultCutScore);
  const [filter, setFilter] = useState<PairFilter>(noFilter);
  const [key, setKey] = useState<string | null>(null);
  const model = models.find(({ id }) => id === chosen) ?? models.find(({ pinned }) => pinned) ?? models[0];
  const comparison = useComparison(model?.id ?? null, split, minScore);
  const pairs = useMemo(
    () => (comparison.data === undefined ? [] : choosePairs(comparison.data, filter)),
    [comparison.data, filter],
  );
  const index = Math.max(
    0,
    pairs.findIndex((pair) => pairKey(pair) === key),
  );
  const current = pairs[index] ?? null;
  const step = (by: 1 | -1): void => {
    const next = pairs[index + by];
    if (next !== undefined) setKey(pairKey(next));
  };
  useActions({ 'compare.next': () => step(1), 'compare.previous': () => step(-1) });
  return (
    <div className={styles.compare}>
      <div className={layout.toolbar} role="toolbar" aria-label={t('compare.tools')}>
        <Select
          w={190}
          aria-label={t('compare.model')}
          data={models.map(({ id, name }) => ({ value: id, label: name }))}
          value={model?.id ?? null}
          onChange={setChosen}
        />
        <Select
          w={130}
          aria-label={t('compare.split')}
          data={splits.map((value) => ({ value, label: t(`split.${value}`) }))}
          value={split}
          onChange={(value) => setSplit(splits.find((known) => known === value) ?? 'valid')}
        />
        <span className={layout.rule} />
        <MinScore value={minScore} onChange={setMinScore} />
        <span className={layout.rule} />
        <EditorButton editor={session.editor} command="history.undo" icon="undo" />
        <EditorButton editor={session.editor} command="history.redo" icon="redo" />
        <span className={layout.gap} />
        <Legend />
      </div>
      {comparison.isError ? (
        <div className={styles.fault}>
          <ErrorNote error={readError(comparison.error)} onRetry={() => void comparison.refetch()} />
        </div>
      ) : null}
      {comparison.isPending && !comparison.isError ? <Waiting label={t('compare.counting')} /> : null}
      {comparison.data === undefined || comparison.isError ? null : (
        <div className={layout.columns}>
          <div className={styles.left}>
            <div className={styles.totals} role="toolbar" aria-label={t('compare.totals')}>
              <button
                type="button"
                aria-pressed={filter.verdict === null && filter.cell === null}
                onClick={() => setFilter(noFilter)}
              >
                <b>{formatCount(comparison.data.pairs.length)}</b> {t('compare.allPairs')}
              </button>
              {verdicts.map((verdict) => (
                <button
                  key={verdict}
                  type="button"
                  aria-pressed={filter.verdict === verdict}
                  title={t(`verdict.${verdict}.text`)}
                  onClick={() =>
                    setFilter({ verdict: filter.verdict === verdict ? null : verdict, cell: null })
                  }
                >
                  <b>{formatCount(totalOf(comparison.data.totals, verdict))}</b> {t(`verdict.${verdict}`)}
                </button>
              ))}
              <span className={layout.dim}>{t('compare.images', { n: comparison.data.totals.images })}</span>
            </div>
            <CropWall
              pairs={pairs}
              currentKey={current === null ? null : pairKey(current)}
              onChoose={(pair) => setKey(pairKey(pair))}
              hasAny={comparison.data.pairs.length > 0}
            />
          </div>
          <div className={styles.right}>
            <PairView session={session} pair={current} onNext={() => step(1)} />
            <ConfusionMatrix
              confusion={comparison.data.confusion}
              cell={filter.cell}
              onCell={(cell) => setFilter({ verdict: null, cell })}
            />
          </div>
        </div>
      )}
    </div>
  );
}

function Legend(): ReactElement {
  return (
    <span className={styles.legend}>
      <i data-kind="hand" /> {t('compare.hand')}
      <i data-kind="model" /> {t('compare.predicted')}
    </span>
  );
}
