/** A wall of equal cells that draws only what is in sight, and keeps the chosen one there. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import styles from './compare.module.css';

const gapPx = 8;

export function VirtualGrid<T>(props: {
  items: readonly T[];
  keyOf: (item: T) => string;
  currentKey: string | null;
  /** Least width of a cell with its gap; cells grow to fill the row. */
  cellPx: number;
  /** Height of a row with its gap. */
  rowPx: number;
  /** Shown in place of no cells. */
  empty: ReactNode;
  renderItem: (item: T, isCurrent: boolean) => ReactNode;
  /** Told whenever it changes, for keys that go up and down. */
  onColumns?: (columns: number) => void;
}): ReactElement {
  const { items, keyOf, currentKey, cellPx, rowPx, empty, renderItem, onColumns } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const columns = Math.max(1, Math.floor((width - gapPx) / cellPx));
  const cellWidth = (width - gapPx) / columns;
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => onColumns?.(columns), [columns, onColumns]);
  const rows = useVirtualizer({
    count: Math.ceil(items.length / columns),
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 3,
  });
  const at = currentKey === null ? -1 : items.findIndex((item) => keyOf(item) === currentKey);
  const currentRow = Math.floor(at / columns);
  useEffect(() => {
    if (currentRow >= 0) rows.scrollToIndex(currentRow, { align: 'auto' });
  }, [currentRow, rows]);
  return (
    <div className={styles.wall} ref={scroll}>
      {items.length === 0 ? (
        empty
      ) : (
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().flatMap((row) =>
            items.slice(row.index * columns, (row.index + 1) * columns).map((item, column) => (
              <li
                key={keyOf(item)}
                style={{
                  position: 'absolute',
                  top: 0,
                  left: gapPx,
                  width: cellWidth - gapPx,
                  transform: `translate(${column * cellWidth}px, ${row.start}px)`,
                }}
              >
                {renderItem(item, keyOf(item) === currentKey)}
              </li>
            )),
          )}
        </ul>
      )}
    </div>
  );
}
