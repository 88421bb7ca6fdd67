/** The wall of crops: every pair as a small picture, worst first, virtualised. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactElement, useEffect, useRef, useState } from 'react';
import type { ComparePair } from '../../../contract/schemas.ts';
import { useClasses } from '../../api/queries.ts';
import { formatScore } from '../../ui/format-numbers.ts';
import { t } from '../../ui/messages.ts';
import { EmptyState } from '../../ui/notes.tsx';
import { type Outline, PhotoCrop, squareAround } from '../../ui/photo-crop.tsx';
import styles from './compare.module.css';
import { pairKey } from './pairs.ts';

const cellPx = 136;
/** As in the style sheet: the photograph, the two lines below it with the border, and the same gap as beside. */
const photoPx = 118;
const captionPx = 37;
const gapPx = 8;

export interface CropWallProps {
  readonly pairs: readonly ComparePair[];
  readonly currentKey: string | null;
  readonly onChoose: (pair: ComparePair) => void;
  readonly hasAny: boolean;
}

export function CropWall({ pairs, currentKey, onChoose, hasAny }: CropWallProps): ReactElement {
  const scroll = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const columns = Math.max(1, Math.floor((width - 8) / cellPx));
  const cellWidth = (width - 8) / columns;
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const rows = useVirtualizer({
    count: Math.ceil(pairs.length / columns),
    getScrollElement: () => scroll.current,
    estimateSize: () => photoPx + captionPx + gapPx,
    overscan: 3,
  });
  const currentRow = Math.floor(pairs.findIndex((pair) => pairKey(pair) === currentKey) / columns);
  useEffect(() => {
    if (currentRow >= 0) rows.scrollToIndex(currentRow, { align: 'auto' });
  }, [currentRow, rows]);
  return (
    <div className={styles.wall} ref={scroll}>
      {pairs.length === 0 ? (
        <EmptyState
          icon="compare"
          title={t(hasAny ? 'compare.noneMatch' : 'compare.none')}
          text={t(hasAny ? 'compare.noneMatchText' : 'compare.noneText')}
        />
      ) : (
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().flatMap((row) =>
            pairs.slice(row.index * columns, (row.index + 1) * columns).map((pair, column) => (
              <li
                key={pairKey(pair)}
                style={{
                  position: 'absolute',
                  top: 0,
                  left: 8,
                  width: cellWidth - 8,
                  transform: `translate(${column * cellWidth}px, ${row.start}px)`,
                }}
              >
                <Crop pair={pair} isCurrent={pairKey(pair) === currentKey} onChoose={onChoose} />
              </li>
            )),
          )}
        </ul>
      )}
    </div>
  );
}

const Crop = memo(function Crop(props: {
  pair: ComparePair;
  isCurrent: boolean;
  onChoose: (pair: ComparePair) => void;
}): ReactElement {
  const { pair, isCurrent, onChoose } = props;
  const { hand, predicted, image, verdict, iou } = pair;
  const classes = useClasses().data ?? [];
  const nameOf = (id: string | undefined): string => classes.find((record) => record.id === id)?.name ?? '–';
  const outlines: Outline[] = [
    ...(hand === null ? [] : [{ box: hand, kind: 'hand' as const }]),
    ...(predicted === null ? [] : [{ box: predicted, kind: 'model' as const }]),
  ];
  const detail =
    verdict === 'matched'
      ? t('compare.iou', { iou: formatScore(iou) })
      : verdict === 'wrong-class'
        ? `${nameOf(hand?.classId)} → ${nameOf(predicted?.classId)}`
        : verdict === 'extra'
          ? t('compare.score', { score: formatScore(predicted?.score ?? null) })
          : '';
  return (
    <button
      type="button"
      className={styles.crop}
      aria-current={isCurrent || undefined}
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
        label={`${t(`verdict.${verdict}`)} ${image.path}`}
      />
      <span className={styles.caption}>
        <b>{nameOf((hand ?? predicted)?.classId)}</b>
        <span data-verdict={verdict}>{t(`verdict.${verdict}`)}</span>
        <span>{detail}</span>
      </span>
    </button>
  );
});
