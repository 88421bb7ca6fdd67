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
  return ({ boxes, image, isGesturing }) => {
    const isSame = image?.id === imageId;
    imageId = image?.id ?? null;
    if (!isGesturing || !isSame) {
      before = null;
      still = boxes;
      return { still, moving: [] };
    }
    const known = before ?? new Set(still);
    before = known;
    const others: BoxRecord[] = [];
    // One walk, and a copy of the list only where it has changed: this is done at every move of the hand.
    let at = 0;
    let isSameStill = true;
    for (const box of boxes) {
      if (!known.has(box)) others.push(box);
      else if (still[at++] !== box) isSameStill = false;
    }
    if (!isSameStill || at !== still.length) still = boxes.filter((box) => known.has(box));
    return { still, moving: others };
  };
}
