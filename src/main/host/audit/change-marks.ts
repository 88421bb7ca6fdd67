/** Marks of images (group, side, chain, copy, columns) changed as one gesture, of however many images. */
import type { Gesture, ImageMark } from '../../../core/diffs.ts';
import { AppError } from '../../../core/errors.ts';
import type { HostContext } from '../context.ts';
import { bulkDiffs, saveGesture, withoutBulk } from '../labels.ts';
import { saveLargeGesture, sliceDiffs } from '../large-gestures.ts';
import type { OpenProject } from '../open-project.ts';
import { sameRecord } from '../same-record.ts';

/** What is said of an image; what is left out stays as it is. */
export type MarkPart = Pick<ImageMark, 'group' | 'split' | 'chain' | 'copyOf' | 'metadata'>;

interface MarksGesture {
  readonly id: string;
  readonly label: string;
  readonly source?: Gesture['source'];
}

interface MarksOptions {
  /** Runs inside the transaction that ends the gesture. */
  readonly atEnd?: () => void;
  readonly signal?: AbortSignal;
  /** Images done, of so many; told of many images only. */
  readonly onImages?: (done: number, total: number) => void;
}

/**
 * Saves marks of images as one gesture. What is already so is left out. Marks of thousands are saved slice by slice, and the host answers
 * others in between. Throws `audit/unknown-image`, `split/test-locked` or the signal's reason, with nothing changed.
 */
export async function changeMarks(
  context: HostContext,
  project: OpenProject,
  { id, label, source = 'person' }: MarksGesture,
  marks: ReadonlyMap<string, MarkPart>,
  { atEnd, signal, onImages }: MarksOptions = {},
): Promise<Gesture> {
  const gesture = { id, kind: 'do', of: null, label, imageId: null, source } as const;
  if (marks.size > bulkDiffs) {
    const entries = [...marks];
    let done = 0;
    const next = (): Gesture['diffs'] | null => {
      if (done >= entries.length) return null;
      const part = entries.slice(done, done + sliceDiffs);
      done += part.length;
      onImages?.(done, entries.length);
      return toDiffs(project, part);
    };
    const options = { ...(signal && { signal }), ...(atEnd && { atEnd }) };
    const revision = await saveLargeGesture(context, project, gesture, next, options);
    if (revision !== null) return { ...gesture, diffs: [] };
  }
  const complete = { ...gesture, diffs: toDiffs(project, [...marks]) };
  saveGesture(context, project, complete, atEnd);
  return withoutBulk(complete);
}

/** From images as they are now. */
function toDiffs(project: OpenProject, marks: readonly (readonly [string, MarkPart])[]): Gesture['diffs'] {
  const images = new Map(
    project.db.images.listByIds(marks.map(([id]) => id)).map((image) => [image.id, image]),
  );
  return marks.flatMap(([imageId, mark]): Gesture['diffs'] => {
    const image = images.get(imageId);
    if (image === undefined) throw unknownImage(imageId);
    const before: MarkPart = Object.fromEntries(
      Object.keys(mark).map((key) => [key, image[key as keyof MarkPart] ?? null]),
    );
    if (sameRecord(before, mark)) return [];
    const base = { id: imageId, state: image.state };
    return [{ table: 'images', id: imageId, before: { ...base, ...before }, after: { ...base, ...mark } }];
  });
}

/** `audit/unknown-image`. */
export function unknownImage(id: string): AppError {
  return new AppError({
    code: 'audit/unknown-image',
    message: 'One of these photographs is not in the project, or is its own copy. Nothing was changed.',
    hint: 'Look at the list as it is now and repeat the change.',
    details: { id },
  });
}
