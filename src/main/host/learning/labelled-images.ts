/** The images whose labels can teach or judge a model, and photographs in the form the engine takes. */
import type { PixelBox } from '../../../core/geometry.ts';
import { isIgnoreRegion } from '../../../core/ignore-regions.ts';
import type { BoxRecord, Split } from '../../../core/records.ts';
import type { EngineImage } from '../../../engine/messages.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { OpenProject } from '../open-project.ts';
import { findUnanswered, type UnansweredPlace } from './unanswered.ts';

export interface LabelledImage {
  readonly image: StoredImage;
  /** Fish. */
  readonly boxes: readonly BoxRecord[];
  /** Regions to ignore that a person or an import drew. */
  readonly regions: readonly BoxRecord[];
  /** Suggestions that nobody answered, on a photograph of which some were: neither fish nor background. */
  readonly unanswered: readonly UnansweredPlace[];
}

/** Where a labelled image neither teaches nor judges: nobody knows what is there. */
export function listIgnored({ regions, unanswered }: LabelledImage): PixelBox[] {
  return [...regions, ...unanswered].map(({ x, y, w, h }) => ({ x, y, w, h }));
}

/**
 * Images a person has said something about: labelled with at least one box, reviewed, or empty. `unseen` images say nothing
 * and are never taken for empty ones. What was suggested there and has no answer yet is told apart (docs/decisions/0010). Unreadable ones
 * are left out and counted.
 */
export function listLabelledImages(project: OpenProject): { labelled: LabelledImage[]; unusable: number } {
  const boxesByImage = Map.groupBy(project.db.boxes.listAll(), (box) => box.imageId);
  const said = project.db.images
    .listAll()
    .map((image) => ({ image, boxes: boxesByImage.get(image.id) ?? [] }))
    .filter(
      ({ image, boxes }) =>
        // A dropped copy would count its original twice.
        image.copyOf == null &&
        (image.state === 'empty' ||
          image.state === 'reviewed' ||
          (image.state === 'labelled' && boxes.length > 0)),
    );
  const readable = said.filter(({ image }) => isReadable(image));
  const unanswered = findUnanswered(project, boxesByImage);
  const labelled = readable.map(
    ({ image, boxes }): LabelledImage => ({
      image,
      boxes: boxes.filter((box) => !isIgnoreRegion(box)),
      regions: boxes.filter(isIgnoreRegion),
      unanswered: unanswered.get(image.id) ?? [],
    }),
  );
  return { labelled, unusable: said.length - labelled.length };
}

/** Photographs the engine can read. */
export function listReadableImages(project: OpenProject): StoredImage[] {
  return project.db.images.listAll().filter(isReadable);
}

/** False for photographs whose file the scan found missing or damaged. */
export function isReadable(image: StoredImage): boolean {
  return image.problem === null;
}

/**
 * What the engine needs of a photograph: where it is, how large it is upright, the hash its features are kept under, and what orders it
 * among others.
 */
export function toEngineImage(project: Pick<OpenProject, 'imageFile'>, image: StoredImage): EngineImage {
  return {
    id: image.id,
    file: project.imageFile(image.path),
    hash: image.hash,
    widthPx: image.widthPx,
    heightPx: image.heightPx,
    group: image.group,
    capturedAtMs: image.capturedAtMs,
    ...(image.metadata && { metadata: image.metadata }),
  };
}

/**
 * Labelled images of a split. When no image is marked with it, those that `division` (a model's own) put there: a project without marks
 * still has a validation side.
 */
export function pickSplit(
  labelled: readonly LabelledImage[],
  split: Split | 'all',
  division: ReadonlyMap<string, Split>,
): LabelledImage[] {
  if (split === 'all') return [...labelled];
  const marked = labelled.filter(({ image }) => image.split === split);
  return marked.length > 0 ? marked : labelled.filter(({ image }) => division.get(image.id) === split);
}
