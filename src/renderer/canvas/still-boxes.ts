/** Which labels lie still and which a gesture is changing, so that a drag draws what it moves and nothing else. */
import type { BoxRecord } from '../../core/records.ts';
import type { EditorSnapshot } from '../../editor/types.ts';

export interface SplitBoxes {
  /** The same array as long as it holds the same records. */
  readonly still: readonly BoxRecord[];
  /** Labels that differ from what they were before the gesture under way. */
  readonly moving: readonly BoxRecord[];
}

/** Creates the splitter; it remembers the labels from before a gesture. */
export function createBoxSplitter(): (
  snapshot: Pick<EditorSnapshot, 'boxes' | 'image' | 'isGesturing'>,
) => SplitBoxes {
  let imageId: string | null = null;
  let still: readonly BoxRecord[] = [];
  let before: ReadonlySet<BoxRecord> | null = null;
  let last: { readonly boxes: readonly BoxRecord[]; readonly moving: readonly BoxRecord[] } | null = null;
  return ({ boxes, image, isGesturing }) => {
    const isSame = image?.id === imageId;
    imageId = image?.id ?? null;
    if (!isGesturing || !isSame) {
      before = null;
      last = null;
      still = boxes;
      return { still, moving: [] };
    }
    const known = before ?? new Set(still);
    before = known;
    const moved = last === null ? null : followMoves(last.boxes, boxes, last.moving, known);
    if (moved !== null) {
      last = { boxes, moving: moved };
      return { still, moving: moved };
    }
    const others: BoxRecord[] = [];
    // One walk, and a copy of the list only where it has changed: this is done at every move of the hand.
    let at = 0;
    let isSameStill = true;
    for (const box of boxes) {
      if (!known.has(box)) others.push(box);
      else if (still[at++] !== box) isSameStill = false;
    }
    if (!isSameStill || at !== still.length) still = boxes.filter((box) => known.has(box));
    last = { boxes, moving: others };
    return { still, moving: others };
  };
}

/** The labels that move, where no others have changed since: most moves of a hand. Null where they are to be looked for. */
function followMoves(
  before: readonly BoxRecord[],
  now: readonly BoxRecord[],
  moving: readonly BoxRecord[],
  known: ReadonlySet<BoxRecord>,
): readonly BoxRecord[] | null {
  if (before.length !== now.length) return null;
  const followed = [...moving];
  for (let at = 0; at < now.length; at += 1) {
    if (before[at] === now[at]) continue;
    const [old, fresh] = [before[at], now[at]];
    const place = old === undefined ? -1 : moving.indexOf(old);
    if (fresh === undefined || place < 0 || known.has(fresh)) return null;
    followed[place] = fresh;
  }
  return followed;
}
