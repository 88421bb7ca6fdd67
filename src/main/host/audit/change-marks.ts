/** Marks of images (group, side, chain, copy, columns) changed as one gesture, of however many images. */
import type { Gesture, ImageMark } from '../../../core/diffs.ts';
import { AppError } from '../../../core/errors.ts';
import type { HostContext } from '../context.ts';
import { bulkDiffs, saveGesture, withoutBulk } from '../labels.ts';
import { saveLargeGesture } from '../large-gestures.ts';
import type { OpenProject } from '../open-project.ts';
import { sameRecord } from '../same-record.ts';

/** What is said of an image; what is left out stays as it is. */
export type MarkPart = Pick<ImageMark, 'group' | 'split' | 'chain' | 'copyOf' | 'metadata'>;

/** Images whose marks are saved in one piece of work: a twentieth of a second on a busy machine. */
export const marksAtOnce = 500;

export type MarkEntry = readonly [imageId: string, mark: MarkPart];

/** Marks of thousands, part by part, each image once: made when its turn comes, so that no piece of the host's work is about all of them. */
export interface MarkParts {
  /** Images of all parts. */
  readonly total: number;
  readonly parts: Iterable<readonly MarkEntry[]>;
}

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
  /** Passes over images that the project does not have, instead of refusing. */
  readonly skipUnknown?: boolean;
}

/**
 * Saves marks of images as one gesture. What is already so is left out. Marks of thousands are saved slice by slice, and the host answers
 * others in between. Throws `audit/unknown-image`, `split/test-locked` or the signal's reason, with nothing changed.
 */
export async function changeMarks(
  context: HostContext,
  project: OpenProject,
  { id, label, source = 'person' }: MarksGesture,
  marks: ReadonlyMap<string, MarkPart> | MarkParts,
  { atEnd, signal, onImages, skipUnknown = false }: MarksOptions = {},
): Promise<Gesture> {
  const gesture = { id, kind: 'do', of: null, label, imageId: null, source } as const;
  const { total, parts } = 'parts' in marks ? marks : { total: marks.size, parts: sliceMarks(marks) };
  const diffsOf = (part: readonly MarkEntry[]): Gesture['diffs'] => toDiffs(project, part, skipUnknown);
  if (total > bulkDiffs) {
    const coming = parts[Symbol.iterator]();
    let done = 0;
    const next = (): Gesture['diffs'] | null => {
      const part = coming.next();
      if (part.done === true) return null;
      done += part.value.length;
      onImages?.(done, total);
      return diffsOf(part.value);
    };
    const options = { ...(signal && { signal }), ...(atEnd && { atEnd }) };
    const revision = await saveLargeGesture(context, project, gesture, next, options);
    // All was so already: nothing is to be saved but what ends the gesture.
    if (revision === null) saveGesture(context, project, { ...gesture, diffs: [] }, atEnd);
    return { ...gesture, diffs: [] };
  }
  const complete = { ...gesture, diffs: [...parts].flatMap(diffsOf) };
  saveGesture(context, project, complete, atEnd);
  return withoutBulk(complete);
}

/** In parts of {@link marksAtOnce}. */
export function* sliceMarks(marks: Iterable<MarkEntry>): Generator<MarkEntry[]> {
  let part: MarkEntry[] = [];
  for (const mark of marks) {
    part.push(mark);
    if (part.length < marksAtOnce) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** From images as they are now. */
function toDiffs(project: OpenProject, marks: readonly MarkEntry[], skipUnknown: boolean): Gesture['diffs'] {
  const images = new Map(
    project.db.images.listByIds(marks.map(([id]) => id)).map((image) => [image.id, image]),
  );
  return marks.flatMap(([imageId, mark]): Gesture['diffs'] => {
    const image = images.get(imageId);
    if (image === undefined && skipUnknown) return [];
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
