/** The image list as a grid of pictures with their states. Arrow keys move in both directions, Enter and a double click open one on the canvas. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactElement, useEffect, useRef, useState } from 'react';
import type { ImageListItem } from '../../../contract/schemas.ts';
import { baseName } from '../../ui/format-numbers.ts';
import styles from './image-list.module.css';
import { ImageMarks, Thumbnail } from './image-marks.tsx';
import { type ImagesProps, useFocusOnCurrent } from './image-rows.tsx';

const gapPx = 8;
/** Name and marks below a picture. */
const textPx = 44;

export function ImageGrid(
  props: ImagesProps & { readonly tileView: number; readonly onOpen: () => void },
): ReactElement {
  const { walk, total, currentId, tileView, onOpen } = props;
  const { pages, index, onRange, open } = walk;
  const scroll = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(scroll);
  const columns = Math.max(1, Math.floor((widthPx - gapPx) / (tileView + gapPx)));
  // The tiles share what is left of the line, so that the grid ends where the window does.
  const tilePx = Math.max(tileView, Math.floor((widthPx - gapPx) / columns) - gapPx);
  const picturePx = Math.round(tilePx * 0.7);
  const rowPx = picturePx + textPx + gapPx;
  const virtual = useVirtualizer({
    count: Math.ceil(total / columns),
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 2,
    paddingStart: gapPx,
  });
  useEffect(() => {
    if (rowPx > 0) virtual.measure();
  }, [rowPx, virtual]);
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(Math.floor(index / columns), { align: 'auto' });
  }, [index, columns, virtual]);
  const rows = virtual.getVirtualItems();
  const first = (rows[0]?.index ?? 0) * columns;
  const last = Math.min(total, ((rows.at(-1)?.index ?? 0) + 1) * columns) - 1;
  useEffect(() => onRange(first, last), [onRange, first, last]);
  useFocusOnCurrent(scroll, currentId);

  const move = (event: KeyboardEvent): void => {
    const inSight = Math.max(1, Math.floor((scroll.current?.clientHeight ?? rowPx) / rowPx)) * columns;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      PageDown: inSight,
      PageUp: -inSight,
    };
    const by = steps[event.key];
    if (by !== undefined) walk.step(by);
    else if (event.key === 'Home') walk.jump(1);
    else if (event.key === 'End') walk.jump(total);
    else if (event.key === 'Enter') onOpen();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tiles inside are buttons; this only adds keys to them.
    <div className={styles.body} ref={scroll} onKeyDown={move}>
      <ul style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {rows.flatMap((row) =>
          Array.from({ length: columns }, (_, column) => {
            const at = row.index * columns + column;
            const item = at < total ? pages.itemAt(at) : undefined;
            if (item === undefined) return null;
            return (
              <li
                key={at}
                className={styles.tilePlace}
                style={{
                  width: tilePx,
                  height: rowPx - gapPx,
                  transform: `translate(${gapPx + column * (tilePx + gapPx)}px, ${row.start}px)`,
                }}
                aria-setsize={total}
                aria-posinset={at + 1}
              >
                <ImageTile
                  item={item}
                  index={at}
                  pictureView={picturePx}
                  sizePx={tilePx <= 192 ? 192 : 320}
                  isCurrent={item.id === currentId}
                  isTabStop={item.id === currentId || (index < 0 && at === first)}
                  onChoose={open}
                  onOpen={onOpen}
                />
              </li>
            );
          }),
        )}
      </ul>
    </div>
  );
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const box = element.current;
    if (box === null) return undefined;
    const measure = (): void => setWidthPx(box.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return widthPx;
}

const ImageTile = memo(function ImageTile(props: {
  item: ImageListItem;
  index: number;
  pictureView: number;
  sizePx: number;
  isCurrent: boolean;
  isTabStop: boolean;
  onChoose: (item: ImageListItem, index: number) => void;
  onOpen: () => void;
}): ReactElement {
  const { item, index, pictureView, sizePx, isCurrent, isTabStop, onChoose, onOpen } = props;
  return (
    <button
      type="button"
      className={styles.tile}
      aria-current={isCurrent || undefined}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onChoose(item, index)}
      onDoubleClick={onOpen}
      title={item.path}
    >
      <span className={styles.tilePicture} style={{ height: pictureView }}>
        <Thumbnail item={item} sizePx={sizePx} />
      </span>
      <span className={styles.imageName}>{baseName(item.path)}</span>
      <ImageMarks item={item} />
    </button>
  );
});
