/** Two models side by side on the same labels: where only one is right comes first, and a pair is shown as both see it. */
import { Button, Select } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import type { SplitChoice } from '../../../contract/host-api.ts';
import type { ComparePair } from '../../../contract/schemas.ts';
import type { PixelBox } from '../../../core/geometry.ts';
import { findsBoxes } from '../../../core/learning.ts';
import type { ModelRecord } from '../../../core/records.ts';
import { useClasses, useComparison, useRecipes } from '../../api/queries.ts';
import { goTo } from '../../app/route.ts';
import { formatCount, formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, Waiting } from '../../ui/notes.tsx';
import { type Outline, PhotoCrop, squareAround } from '../../ui/photo-crop.tsx';
import { CannotCompare } from './cannot-compare.tsx';
import styles from './compare.module.css';
import { countOutcomes, type JoinedPair, joinModels, type Outcome, outcomes } from './join-models.ts';
import judging from './judging.module.css';
import { dropFocus, leaveFocus } from './leave-focus.ts';
import { totalOf, verdicts } from './pairs.ts';
import { useSteps } from './use-steps.ts';
import { VirtualGrid } from './virtual-grid.tsx';

const keyOf = ({ key }: JoinedPair): string => key;

export function BesideView(props: {
  first: ModelRecord;
  models: readonly ModelRecord[];
  split: SplitChoice;
  minScore: number;
}): ReactElement {
  const { first, models, split, minScore } = props;
  const recipes = useRecipes().data ?? [];
  const others = models.filter(
    ({ id, recipe }) => id !== first.id && recipes.some((known) => known.id === recipe && findsBoxes(known)),
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const second = others.find(({ id }) => id === chosen) ?? others[0];
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [left, right] = [
    useComparison(first.id, split, minScore, 'worst-iou', second?.id ?? null),
    useComparison(second?.id ?? null, split, minScore, 'worst-iou', first.id),
  ];
  const joined = useMemo(
    () => (left.data === undefined || right.data === undefined ? null : joinModels(left.data, right.data)),
    [left.data, right.data],
  );
  const shown = useMemo(
    () => (joined ?? []).filter((pair) => outcome === null || pair.outcome === outcome),
    [joined, outcome],
  );
  const { current, choose } = useSteps(shown, keyOf);
  if (second === undefined)
    return <EmptyState icon="compare" title={t('beside.oneModel')} text={t('beside.oneModelText')} />;
  const names = { first: first.name, second: second.name };
  const counts = countOutcomes(joined ?? []);
  const fault = left.error ?? right.error;
  return (
    <div className={layout.columns}>
      <div className={styles.left}>
        <div className={styles.totals} role="toolbar" aria-label={t('beside.outcomes')}>
          <button
            type="button"
            aria-pressed={outcome === null}
            onMouseDown={leaveFocus}
            onClick={() => setOutcome(null)}
          >
            <b>{formatCount(joined?.length ?? 0)}</b> {t('compare.allPairs')}
          </button>
          {outcomes.map((value) => (
            <button
              key={value}
              type="button"
              aria-pressed={outcome === value}
              title={t(`beside.outcome.${value}.text`, names)}
              onMouseDown={leaveFocus}
              onClick={() => setOutcome(outcome === value ? null : value)}
            >
              <b>{formatCount(counts[value])}</b> {t(`beside.outcome.${value}`)}
            </button>
          ))}
          <span />
          <Select
            w={170}
            size="xs"
            aria-label={t('beside.second')}
            data={others.map(({ id, name }) => ({ value: id, label: name }))}
            value={second.id}
            onChange={(value) => {
              setChosen(value);
              requestAnimationFrame(dropFocus);
            }}
          />
        </div>
        {fault === null ? null : (
          <CannotCompare
            error={fault}
            modelId={left.error === null ? second.id : first.id}
            onRetry={() => void (left.error === null ? right : left).refetch()}
          />
        )}
        {joined === null ? (
          fault === null ? (
            <Waiting label={t('compare.counting')} />
          ) : null
        ) : (
          <VirtualGrid
            items={shown}
            keyOf={keyOf}
            currentKey={current?.key ?? null}
            cellPx={262}
            rowPx={163}
            empty={<EmptyState icon="compare" title={t('compare.noneMatch')} text={t('beside.noneText')} />}
            renderItem={(pair, isCurrent) => (
              <TwoCrops pair={pair} isCurrent={isCurrent} onChoose={() => choose(pair)} />
            )}
          />
        )}
      </div>
      <div className={styles.right}>
        {current === null ? null : <TwoViews pair={current} names={names} />}
        {left.data === undefined || right.data === undefined ? null : (
          <section className={judging.reason} aria-label={t('beside.counts')}>
            <div className={layout.head}>
              <h2>{t('beside.counts')}</h2>
              <span>{t('compare.images', { n: left.data.totals.images })}</span>
            </div>
            <table className={layout.table}>
              <thead>
                <tr>
                  <th scope="col">
                    <span className={layout.visuallyHidden}>{t('beside.counts')}</span>
                  </th>
                  <th scope="col" className={layout.number}>
                    A
                  </th>
                  <th scope="col" className={layout.number}>
                    B
                  </th>
                </tr>
              </thead>
              <tbody>
                {verdicts.map((verdict) => (
                  <tr key={verdict}>
                    <td title={t(`verdict.${verdict}.text`)}>{t(`verdict.${verdict}`)}</td>
                    {[left.data, right.data].map(({ modelId, totals }) => (
                      <td key={modelId} className={layout.number}>
                        {formatCount(totalOf(totals, verdict))}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
            <p className={layout.dim}>
              {t('beside.cut', { score: formatScore(minScore) })}
              {left.data.leftOut + right.data.leftOut === 0
                ? ''
                : ` ${t('beside.leftOut', { n: left.data.leftOut + right.data.leftOut })}`}
            </p>
          </section>
        )}
      </div>
    </div>
  );
}

/** The square that shows all boxes of a joined pair, so that both pictures show the same place. */
function viewOf({ hand, first, second, image }: JoinedPair, margin?: number): PixelBox {
  const boxes = [hand, first?.predicted, second?.predicted].filter(
    (box) => box !== null && box !== undefined,
  );
  return squareAround(boxes, image, margin);
}

function outlinesOf(hand: JoinedPair['hand'], pair: ComparePair | null): Outline[] {
  const predicted = pair?.predicted ?? null;
  return [
    ...(hand === null ? [] : [{ box: hand, kind: 'hand' as const }]),
    ...(predicted === null ? [] : [{ box: predicted, kind: 'model' as const }]),
  ];
}

const verdictText = (pair: ComparePair | null): string =>
  pair === null ? t('beside.silent') : t(`verdict.${pair.verdict}`);

function TwoCrops(props: { pair: JoinedPair; isCurrent: boolean; onChoose: () => void }): ReactElement {
  const { pair, isCurrent, onChoose } = props;
  const { hand, first, second, image, outcome } = pair;
  const classes = useClasses().data ?? [];
  const classId = (hand ?? first?.predicted ?? second?.predicted)?.classId;
  const view = viewOf(pair);
  return (
    <button type="button" className={styles.crop} aria-current={isCurrent || undefined} onClick={onChoose}>
      <span className={judging.two}>
        {[first, second].map((side, i) => (
          <PhotoCrop
            key={i === 0 ? 'first' : 'second'}
            imageId={image.id}
            image={image}
            view={view}
            outlines={outlinesOf(hand, side)}
            label={`${i === 0 ? 'A' : 'B'}: ${verdictText(side)} ${image.path}`}
          />
        ))}
      </span>
      <span className={styles.caption}>
        <b>{classes.find(({ id }) => id === classId)?.name ?? '–'}</b>
        <span>{t(`beside.outcome.${outcome}`)}</span>
        <span>
          A {verdictText(first)} · B {verdictText(second)}
        </span>
      </span>
    </button>
  );
}

function TwoViews(props: { pair: JoinedPair; names: { first: string; second: string } }): ReactElement {
  const { pair, names } = props;
  const classes = useClasses().data ?? [];
  const { hand, image } = pair;
  const view = viewOf(pair, 0.7);
  const sides = [
    { letter: 'A', name: names.first, side: pair.first },
    { letter: 'B', name: names.second, side: pair.second },
  ];
  return (
    <section className={judging.twoViews} aria-label={t('compare.pair')}>
      {sides.map(({ letter, name, side }) => (
        <figure key={letter}>
          <PhotoCrop
            imageId={image.id}
            image={image}
            view={view}
            outlines={outlinesOf(hand, side)}
            label={`${name}: ${verdictText(side)}`}
            sizePx={1024}
          />
          <figcaption>
            <b title={name}>
              {letter} · {name}
            </b>
            <span>{verdictText(side)}</span>
            <span className={layout.dim}>
              {side?.predicted == null
                ? '–'
                : t('beside.said', {
                    name: classes.find(({ id }) => id === side.predicted?.classId)?.name ?? '–',
                    score: formatScore(side.predicted.score),
                    iou: formatScore(side.iou),
                  })}
            </span>
          </figcaption>
        </figure>
      ))}
      <div className={judging.under}>
        <span className={layout.ellipsis} title={image.path}>
          {image.path}
        </span>
        <Button variant="default" size="xs" onClick={() => goTo('annotate', image.id)}>
          {t('compare.open')}
        </Button>
      </div>
    </section>
  );
}
