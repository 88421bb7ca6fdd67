/** The image list as rows: thumbnail, name, state as icon and text, counts. Only rows in sight exist. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactElement, useEffect, useRef } from 'react';
import type { ImageListItem } from '../../../contract/schemas.ts';
import { baseName } from '../../ui/format-numbers.ts';
import styles from './image-list.module.css';
import { ImageMarks, Thumbnail } from './image-marks.tsx';
import type { ImageWalk } from './use-image-list.ts';

const rowHeightPx = 56;

export interface ImagesProps {
  readonly walk: ImageWalk;
  readonly total: number;
  readonly currentId: string | null;
}

export function ImageRows({ walk, total, currentId }: ImagesProps): ReactElement {
  const { pages, index, onRange, open } = walk;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
  });
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [index, virtual]);
  const rows = virtual.getVirtualItems();
  const first = rows[0]?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [onRange, first, last]);
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    walk.step(by);
  };
  useFocusOnCurrent(scroll, currentId);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are buttons; this only adds arrow keys to them.
    <div className={styles.body} ref={scroll} onKeyDown={move}>
      <ul style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {rows.map((row) => {
          const item = pages.itemAt(row.index);
          return (
            <li
              key={row.index}
              className={styles.rowPlace}
              style={{ height: rowHeightPx, transform: `translateY(${row.start}px)` }}
              aria-setsize={total}
              aria-posinset={row.index + 1}
            >
              {item === undefined ? null : (
                <ImageRow
                  item={item}
                  index={row.index}
                  isCurrent={item.id === currentId}
                  isTabStop={item.id === currentId || (index < 0 && row.index === first)}
                  onOpen={open}
                />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** With the focus in the list, it follows the current image, so that arrow keys can go on and a screen reader says where they led. */
export function useFocusOnCurrent(
  scroll: { readonly current: HTMLElement | null },
  currentId: string | null,
): void {
  useEffect(() => {
    const box = scroll.current;
    if (box === null || currentId === null || !box.contains(document.activeElement)) return;
    box.querySelector<HTMLElement>('[aria-current]')?.focus({ preventScroll: true });
  }, [scroll, currentId]);
}

const ImageRow = memo(function ImageRow(props: {
  item: ImageListItem;
  index: number;
  isCurrent: boolean;
  isTabStop: boolean;
  onOpen: (item: ImageListItem, index: number) => void;
}): ReactElement {
  const { item, index, isCurrent, isTabStop, onOpen } = props;
  return (
    <button
      type="button"
      className={styles.image}
      aria-current={isCurrent || undefined}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onOpen(item, index)}
      title={item.path}
    >
      <Thumbnail item={item} sizePx={128} />
      <span className={styles.imageText}>
        <span className={styles.imageName}>{baseName(item.path)}</span>
        <ImageMarks item={item} />
      </span>
    </button>
  );
});
