/** The wall of crops: every pair as a small picture, in the order it was given. */
import { memo, type ReactElement } from 'react';
import type { ComparePair } from '../../../contract/schemas.ts';
import { isConfirmed } from '../../../core/records.ts';
import { useClasses } from '../../api/queries.ts';
import { formatScore } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import { t } from '../../ui/messages.ts';
import { EmptyState } from '../../ui/notes.tsx';
import { type Outline, PhotoCrop, squareAround } from '../../ui/photo-crop.tsx';
import styles from './compare.module.css';
import { leaveFocus } from './leave-focus.ts';
import { pairKey } from './pairs.ts';
import { VirtualGrid } from './virtual-grid.tsx';

/** As in the style sheet: the photograph, the two lines below it with the border, and the gap. */
const rowPx = 118 + 37 + 8;

/** What stands under a crop in place of its verdict and the detail of that. */
interface Caption {
  readonly kind: string;
  readonly detail: string;
  /** Whose colour it has. */
  readonly tone: ComparePair['verdict'];
}

export interface CropWallProps {
  readonly pairs: readonly ComparePair[];
  readonly currentKey: string | null;
  readonly onChoose: (pair: ComparePair) => void;
  readonly hasAny: boolean;
  readonly captionOf?: (pair: ComparePair) => Caption | null;
}

export function CropWall({ pairs, currentKey, onChoose, hasAny, captionOf }: CropWallProps): ReactElement {
  return (
    <VirtualGrid
      items={pairs}
      keyOf={pairKey}
      currentKey={currentKey}
      cellPx={136}
      rowPx={rowPx}
      empty={
        <EmptyState
          icon="compare"
          title={t(hasAny ? 'compare.noneMatch' : 'compare.none')}
          text={t(hasAny ? 'compare.noneMatchText' : 'compare.noneText')}
        />
      }
      renderItem={(pair, isCurrent) => (
        <Crop pair={pair} isCurrent={isCurrent} onChoose={onChoose} caption={captionOf?.(pair) ?? null} />
      )}
    />
  );
}

const Crop = memo(function Crop(props: {
  pair: ComparePair;
  isCurrent: boolean;
  onChoose: (pair: ComparePair) => void;
  caption: Caption | null;
}): ReactElement {
  const { pair, isCurrent, onChoose, caption } = props;
  const { hand, predicted, image, verdict, iou } = pair;
  const classes = useClasses().data ?? [];
  const nameOf = (id: string | undefined): string => classes.find((record) => record.id === id)?.name ?? '–';
  const outlines: Outline[] = [
    ...(hand === null ? [] : [{ box: hand, kind: 'hand' as const }]),
    ...(predicted === null ? [] : [{ box: predicted, kind: 'model' as const }]),
  ];
  const score = t('compare.score', { score: formatScore(predicted?.score ?? null) });
  const detail =
    caption?.detail ??
    {
      matched: `${t('compare.iou', { iou: formatScore(iou) })} · ${score}`,
      'wrong-class': `${nameOf(hand?.classId)} → ${nameOf(predicted?.classId)}`,
      missed: '',
      extra: score,
    }[verdict];
  const kind = caption?.kind ?? t(`verdict.${verdict}`);
  return (
    <button
      type="button"
      className={styles.crop}
      aria-current={isCurrent || undefined}
      onMouseDown={leaveFocus}
      onClick={() => onChoose(pair)}
    >
      <PhotoCrop
        imageId={image.id}
        image={image}
        view={squareAround(
          outlines.map(({ box }) => box),
          image,
        )}
        outlines={outlines}
        label={`${kind} ${image.path}`}
      />
      <span className={styles.caption}>
        <b>{nameOf((hand ?? predicted)?.classId)}</b>
        <span data-verdict={caption?.tone ?? verdict}>{kind}</span>
        <span>
          {hand !== null && isConfirmed(hand) ? (
            <span className={styles.confirmed} title={t('compare.confirmed')}>
              <Icon name="check" size={12} />
            </span>
          ) : null}
          {detail}
        </span>
      </span>
    </button>
  );
});
