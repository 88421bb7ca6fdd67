/** Which box lies over which. Pure functions on boxes from the lowest to the highest. */
import type { PixelBox } from '../core/geometry.ts';
import type { BoxRecord } from '../core/records.ts';

/**
 * What must change so that the chosen boxes, together and in their order, lie over (1) or under (-1) the nearest box that overlaps one of
 * them. Boxes of equal height lie as they were made, so those beyond give way where heights would meet. Undefined when none overlaps there.
 */
export function restack(
  boxes: readonly BoxRecord[],
  chosen: ReadonlySet<string>,
  direction: 1 | -1,
): readonly BoxRecord[] | undefined {
  // Downwards is upwards in the list turned round, with heights turned round.
  const order = direction > 0 ? boxes : [...boxes].reverse();
  const heightOf = (box: BoxRecord): number => direction * (box.z ?? 0);
  const raise = (box: BoxRecord, height: number): BoxRecord => ({ ...box, z: direction * height });
  const isMine = ({ id }: BoxRecord): boolean => chosen.has(id);
  const target = order.findIndex(
    (box, index) => !isMine(box) && order.slice(0, index).some((one) => isMine(one) && overlaps(one, box)),
  );
  const passed = order[target];
  if (passed === undefined) return undefined;
  const mine = order.slice(0, target).filter(isMine);
  let height = heightOf(passed);
  const changed = mine.map((box) => {
    height += 1;
    return raise(box, height);
  });
  let before = heightOf(passed);
  for (const box of order.slice(target + 1)) {
    const own = heightOf(box);
    if (own > height) break;
    // Boxes of one height keep one: among themselves they lie as they were made.
    if (own !== before || changed.length === mine.length) height += 1;
    before = own;
    changed.push(raise(box, height));
  }
  return changed;
}

function overlaps(a: PixelBox, b: PixelBox): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
