/** The images whose labels can teach or judge a model, and photographs in the form the engine takes. */
import type { BoxRecord, Split } from '../../../core/records.ts';
import type { EngineImage } from '../../../engine/messages.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { OpenProject } from '../open-project.ts';

export interface LabelledImage {
  readonly image: StoredImage;
  readonly boxes: readonly BoxRecord[];
}

/**
 * Images a person has said something complete about: labelled with at least one box, reviewed, or empty. `unseen` images say nothing
 * and are never taken for empty ones. Unreadable ones are left out and counted.
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
  const labelled = said.filter(({ image }) => isReadable(image));
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
export function toEngineImage(project: OpenProject, image: StoredImage): EngineImage {
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
