/** A long list that draws its first rows, and the next ones when the last of them comes into sight. */
import { type RefObject, useEffect, useRef, useState } from 'react';

const grownBy = 60;

/**
 * How many of `total` rows to draw, and the list they are in, which scrolls. `first`: a few more than are in sight. Starts again whenever
 * `of` is another value: what is searched for, or what the list is of.
 */
export function useGrowingRows(
  total: number,
  first: number,
  of: unknown,
): { readonly rows: number; readonly list: RefObject<HTMLUListElement | null> } {
  const list = useRef<HTMLUListElement>(null);
  const [grown, setGrown] = useState({ of, rows: first });
  const rows = Math.min(total, grown.of === of ? grown.rows : first);
  useEffect(() => {
    const last = list.current?.lastElementChild;
    if (rows >= total || last == null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setGrown({ of, rows: rows + grownBy });
      },
      { root: list.current },
    );
    observer.observe(last);
    return () => observer.disconnect();
  }, [rows, total, of]);
  return { rows, list };
}
