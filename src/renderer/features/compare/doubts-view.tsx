/** Labels that the model doubts with confidence, the strongest doubt first: one key takes its word, one confirms the label for good. */
import { type ReactElement, useMemo, useState } from 'react';
import type { SplitChoice } from '../../../contract/host-api.ts';
import type { ComparePair, Suspects, SuspectView } from '../../../contract/schemas.ts';
import { type SuspectKind, suspectKinds } from '../../../core/suspects.ts';
import { useClasses, useSuspects } from '../../api/queries.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { formatCount, formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, Waiting } from '../../ui/notes.tsx';
import { ClassName } from '../../ui/states.tsx';
import { CannotCompare } from './cannot-compare.tsx';
import styles from './compare.module.css';
import { CropWall } from './crop-wall.tsx';
import judging from './judging.module.css';
import { leaveFocus } from './leave-focus.ts';
import { PairView } from './pair-view.tsx';
import { pairKey } from './pairs.ts';
import { useSteps } from './use-steps.ts';

export function DoubtsView(props: {
  session: LabelSession;
  modelId: string;
  split: SplitChoice;
}): ReactElement {
  const { session, modelId, split } = props;
  const [kind, setKind] = useState<SuspectKind | null>(null);
  const suspects = useSuspects(modelId, split);
  const items = useMemo(
    () => (suspects.data?.items ?? []).filter((item) => kind === null || item.kind === kind),
    [suspects.data, kind],
  );
  const { current, choose, step } = useSteps(items, pairKey);
  if (suspects.isError)
    return <CannotCompare error={suspects.error} modelId={modelId} onRetry={() => void suspects.refetch()} />;
  if (suspects.data === undefined) return <Waiting label={t('compare.counting')} />;
  const { total, images, confirmed, items: all } = suspects.data;
  if (all.length === 0)
    return (
      <EmptyState
        icon="check"
        title={t('doubt.none')}
        text={t('doubt.noneText', { images: formatCount(images), confirmed: formatCount(confirmed) })}
      />
    );
  const byKey = new Map(all.map((item) => [pairKey(item), item]));
  const captionOf = (pair: ComparePair) => {
    const item = byKey.get(pairKey(pair));
    return item === undefined
      ? null
      : {
          kind: t(`doubt.kind.${item.kind}`),
          detail: t('doubt.strength', { doubt: formatScore(item.doubt) }),
          // Agreement on the class is no agreement here.
          tone: item.verdict === 'matched' ? ('extra' as const) : item.verdict,
        };
  };
  return (
    <div className={layout.columns}>
      <div className={styles.left}>
        <div className={styles.totals} role="toolbar" aria-label={t('doubt.kinds')}>
          <button
            type="button"
            aria-pressed={kind === null}
            onMouseDown={leaveFocus}
            onClick={() => setKind(null)}
          >
            <b>{formatCount(total)}</b> {t('doubt.all')}
          </button>
          {suspectKinds.map((value) => (
            <button
              key={value}
              type="button"
              aria-pressed={kind === value}
              title={t(`doubt.kind.${value}.text`)}
              onMouseDown={leaveFocus}
              onClick={() => setKind(kind === value ? null : value)}
            >
              <b>{formatCount(all.filter((item) => item.kind === value).length)}</b>{' '}
              {t(`doubt.kind.${value}`)}
            </button>
          ))}
          <span className={layout.dim}>
            {t('doubt.looked', { images: formatCount(images), confirmed: formatCount(confirmed) })}
          </span>
        </div>
        <CropWall
          pairs={items}
          currentKey={current === null ? null : pairKey(current)}
          onChoose={(pair) => {
            const item = byKey.get(pairKey(pair));
            if (item !== undefined) choose(item);
          }}
          hasAny
          captionOf={captionOf}
        />
      </div>
      <div className={styles.right}>
        <PairView session={session} pair={current} onNext={() => step(1)} />
        {current === null ? null : <Reason item={current} bars={suspects.data.bars} />}
      </div>
    </div>
  );
}

/** Why this label is doubted, in words and with the numbers it rests on. */
function Reason({ item, bars }: { item: SuspectView; bars: Suspects['bars'] }): ReactElement {
  const classes = useClasses().data ?? [];
  const recordOf = (id: string | undefined) => classes.find((record) => record.id === id);
  const nameOf = (id: string | undefined): string => recordOf(id)?.name ?? '–';
  const { kind, hand, predicted, isTaught } = item;
  const bar = bars.find(({ classId }) => classId === (predicted ?? hand)?.classId);
  const values = {
    hand: nameOf(hand?.classId),
    model: nameOf(predicted?.classId),
    score: formatScore(predicted?.score ?? null),
    iou: formatScore(item.iou),
    bar: formatScore(bar?.minScore ?? null),
  };
  const reasons = {
    class: () => t('doubt.reason.class', values),
    'not-drawn': () => t('doubt.reason.not-drawn', values),
    place: () => t('doubt.reason.place', values),
    'not-there': () => t('doubt.reason.not-there', values),
  };
  return (
    <section className={judging.reason} aria-label={t('doubt.why')}>
      <div className={layout.head}>
        <h2>{t('doubt.why')}</h2>
      </div>
      <p>{reasons[kind]()}</p>
      {isTaught ? <p className={layout.dim}>{t('doubt.taught')}</p> : null}
      <table className={layout.table}>
        <thead>
          <tr>
            <th scope="col">{t('doubt.bars')}</th>
            <th scope="col" className={layout.number}>
              {t('doubt.barScore')}
            </th>
            <th scope="col" className={layout.number}>
              {t('doubt.barBoxes')}
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ classId, minScore, boxes }) => (
            <tr key={classId}>
              <td>
                <ClassName record={recordOf(classId)} />
              </td>
              <td className={layout.number}>{formatScore(minScore)}</td>
              <td className={layout.number}>{formatCount(boxes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={layout.dim}>{t('doubt.rule')}</p>
    </section>
  );
}
