/** What is odd in the data, as findings that name their photographs: each opens as a list in Annotate. */
import { z } from 'zod';
import { computeIou } from '../geometry.ts';

export const findingIds = [
  'cut-by-edge',
  'tiny-box',
  'giant-box',
  'boxed-twice',
  'odd-shape',
  'dark',
  'blurred',
  'empty-by-name',
  'one-class-group',
  'rare-class',
] as const;
export type FindingId = (typeof findingIds)[number];

export const findingSchema = z.object({
  id: z.enum(findingIds),
  /** Boxes concerned; 0 where it is about photographs. */
  boxes: z.number().int(),
  imageIds: z.array(z.string()),
  /** What was measured and where the line was drawn. */
  detail: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export interface HealthImage {
  readonly id: string;
  readonly path: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly group: string | null;
  readonly facts: { readonly meanGrey: number; readonly sharpness: number } | null;
  readonly boxes: readonly {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
    readonly classId: string;
  }[];
}

const tinyShare = 0.0008;
const giantShare = 0.6;
const twiceIou = 0.7;
const oddAspect = 8;
const darkGrey = 28;
/** Below this part of the median sharpness of its group a photograph is blurred. */
const blurredPart = 0.35;
const edgePx = 0.75;
const rareBoxes = 10;
/** Names that say there is nothing: `NoF`, `empty`, `no_fish`, `background`, `blank`, `negative`. */
const emptyName = /(^|[^a-z])(nof|no[-_ ]?fish|empty|background|blank|negatives?)([^a-z]|$)/i;

/** Findings that are not empty, in the order of {@link findingIds}. `classNames` by id. */
export function findOddities(
  images: readonly HealthImage[],
  classNames: ReadonlyMap<string, string>,
): Finding[] {
  const found = new Map<FindingId, { boxes: number; ids: Set<string> }>();
  const note = (id: FindingId, imageId: string, boxes = 1): void => {
    const entry = found.get(id) ?? { boxes: 0, ids: new Set<string>() };
    entry.boxes += boxes;
    entry.ids.add(imageId);
    found.set(id, entry);
  };
  const sharpness = medianByGroup(images);
  for (const image of images) {
    const area = image.widthPx * image.heightPx;
    image.boxes.forEach((box, i) => {
      const share = (box.w * box.h) / area;
      const aspect = Math.max(box.w / box.h, box.h / box.w);
      const isCut =
        box.x < edgePx ||
        box.y < edgePx ||
        box.x + box.w > image.widthPx - edgePx ||
        box.y + box.h > image.heightPx - edgePx;
      if (isCut) note('cut-by-edge', image.id);
      if (share < tinyShare) note('tiny-box', image.id);
      if (share > giantShare) note('giant-box', image.id);
      if (aspect > oddAspect && !isCut) note('odd-shape', image.id);
      if (image.boxes.some((other, j) => j < i && computeIou(box, other) > twiceIou))
        note('boxed-twice', image.id);
    });
    if (image.boxes.length > 0 && emptyName.test(image.path))
      note('empty-by-name', image.id, image.boxes.length);
    if (image.facts !== null) {
      if (image.facts.meanGrey < darkGrey) note('dark', image.id, 0);
      if (image.facts.sharpness < blurredPart * (sharpness.get(image.group ?? '') ?? 0))
        note('blurred', image.id, 0);
    }
  }
  noteBalance(images, note);
  const rare = new Map<string, number>();
  for (const { boxes } of images)
    for (const { classId } of boxes) rare.set(classId, (rare.get(classId) ?? 0) + 1);
  const rareIds = [...rare].filter(([, n]) => n < rareBoxes).map(([id]) => id);
  for (const image of images) {
    const own = image.boxes.filter(({ classId }) => rareIds.includes(classId)).length;
    if (own > 0) note('rare-class', image.id, own);
  }
  const details: Readonly<Record<FindingId, string>> = {
    'cut-by-edge': `box within ${edgePx} px of the edge of the photograph`,
    'tiny-box': `less than ${tinyShare * 100} % of the photograph`,
    'giant-box': `more than ${giantShare * 100} % of the photograph`,
    'boxed-twice': `two boxes of one photograph overlap by more than ${twiceIou} IoU`,
    'odd-shape': `more than ${oddAspect} times as long as wide, and not cut by the edge`,
    dark: `mean grey below ${darkGrey} of 255`,
    blurred: `sharpness below ${blurredPart * 100} % of the median of its group`,
    'empty-by-name': 'the name or folder says that there is nothing, yet there are boxes',
    'one-class-group': 'a group of ten boxes or more with one class only: the group tells the class',
    'rare-class': `fewer than ${rareBoxes} boxes: ${rareIds.map((id) => classNames.get(id) ?? id).join(', ')}`,
  };
  return findingIds.flatMap((id) => {
    const entry = found.get(id);
    return entry === undefined
      ? []
      : [{ id, boxes: entry.boxes, imageIds: [...entry.ids], detail: details[id] }];
  });
}

function medianByGroup(images: readonly HealthImage[]): Map<string, number> {
  const all = Map.groupBy(images, ({ group }) => group ?? '');
  return new Map(
    [...all].map(([group, own]) => {
      const values = own
        .flatMap(({ facts }) => (facts === null ? [] : [facts.sharpness]))
        .sort((a, b) => a - b);
      // A few photographs have no usual sharpness.
      return [group, values.length < 5 ? 0 : (values[values.length >> 1] ?? 0)];
    }),
  );
}

/** Groups that hold one class only tell the class, however good the boxes are. */
function noteBalance(
  images: readonly HealthImage[],
  note: (id: FindingId, imageId: string, boxes?: number) => void,
): void {
  const classes = new Set(images.flatMap(({ boxes }) => boxes.map(({ classId }) => classId)));
  if (classes.size < 2) return;
  for (const [group, own] of Map.groupBy(images, (image) => image.group)) {
    if (group === null) continue;
    const boxes = own.flatMap((image) => image.boxes);
    if (boxes.length < 10 || new Set(boxes.map(({ classId }) => classId)).size > 1) continue;
    for (const image of own)
      if (image.boxes.length > 0) note('one-class-group', image.id, image.boxes.length);
  }
}
