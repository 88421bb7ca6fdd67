/** Record diffs and gestures: the one mechanism behind saving, undo, redo and the audit. */
import { z } from 'zod';
import { metadataSchema } from './audit/metadata.ts';
import {
  boxRecordSchema,
  classRecordSchema,
  imageRecordSchema,
  imageStateSchema,
  predictionStatusSchema,
} from './records.ts';

/** The part of an image a person can change. Of what is optional a diff names only what it changes, on both of its sides. */
export const imageMarkSchema = imageRecordSchema.pick({ note: true, flags: true, mmPerPx: true }).extend({
  id: z.string(),
  state: imageStateSchema,
  group: imageRecordSchema.shape.group.exactOptional(),
  split: imageRecordSchema.shape.split.exactOptional(),
  /** Chain of near-duplicates, and the image this one is a copy of. */
  chain: z.string().nullable().exactOptional(),
  copyOf: z.string().nullable().exactOptional(),
  /** Column → value of imported tables. */
  metadata: metadataSchema.nullable().exactOptional(),
});
export type ImageMark = z.infer<typeof imageMarkSchema>;

/** The part of a prediction that review changes; its class only where classes are merged or split, then on both sides of the diff. */
export const predictionMarkSchema = z.object({
  id: z.string(),
  status: predictionStatusSchema,
  boxId: z.string().nullable(),
  classId: z.string().exactOptional(),
});
export type PredictionMark = z.infer<typeof predictionMarkSchema>;

const diffOf = <N extends string, T extends z.ZodType>(table: N, record: T) =>
  z.object({ table: z.literal(table), id: z.string(), before: record.nullable(), after: record.nullable() });

/** One record before and after. `before: null` creates, `after: null` deletes. Images and predictions are only ever updated by a person. */
export const recordDiffSchema = z.discriminatedUnion('table', [
  diffOf('boxes', boxRecordSchema),
  diffOf('classes', classRecordSchema),
  diffOf('images', imageMarkSchema),
  diffOf('predictions', predictionMarkSchema),
]);
export type RecordDiff = z.infer<typeof recordDiffSchema>;

/** One gesture of a person (or one import): applied whole or not at all, undone whole. */
export const gestureSchema = z.object({
  id: z.string().min(1).max(64),
  /** `do` is new work; `undo` and `redo` name the gesture they concern in `of`, and carry the diffs to apply. */
  kind: z.enum(['do', 'undo', 'redo']),
  of: z.string().nullable(),
  /** For the undo menu and the audit: "Draw box", "Accept suggestion". */
  label: z.string(),
  /** Where it happened, for the jump on undo; null for project-wide changes. */
  imageId: z.string().nullable(),
  source: z.enum(['person', 'model', 'import']),
  diffs: z.array(recordDiffSchema),
});
export type Gesture = z.infer<typeof gestureSchema>;

/** The diffs that take a gesture back: each swapped, in reverse order. */
export function invertDiffs(diffs: readonly RecordDiff[]): RecordDiff[] {
  return diffs.map((diff) => ({ ...diff, before: diff.after, after: diff.before }) as RecordDiff).reverse();
}

/** Undo and redo stacks rebuilt from the append-only list of gestures, oldest first. */
export function replayHistory(gestures: readonly Gesture[]): { undo: Gesture[]; redo: Gesture[] } {
  const undo: Gesture[] = [];
  const redo: Gesture[] = [];
  const originals = new Map<string, Gesture>();
  for (const gesture of gestures) {
    if (gesture.kind === 'do') {
      originals.set(gesture.id, gesture);
      undo.push(gesture);
      redo.length = 0;
      continue;
    }
    const [from, to] = gesture.kind === 'undo' ? [undo, redo] : [redo, undo];
    const index = from.findLastIndex((entry) => entry.id === gesture.of);
    const original = originals.get(gesture.of ?? '');
    if (index >= 0) from.splice(index, 1);
    if (original !== undefined) to.push(original);
  }
  return { undo, redo };
}
