/** What windows ask about images and classes. */
import type { HostApi } from '../../contract/host-api.ts';
import { AppError } from '../../core/errors.ts';
import type { ImageRecord, PredictionRecord } from '../../core/records.ts';
import type { StoredImage } from '../db/images.repository.ts';
import type { StoredPrediction } from '../db/predictions.repository.ts';
import type { HostContext } from './context.ts';

export type ImagesArea = Pick<HostApi, 'listImages' | 'getImage' | 'listClasses'>;

export function createImagesArea(context: HostContext): ImagesArea {
  return {
    listImages: async ({ filter, offset, limit }) => {
      const { db } = context.session.require();
      return db.images.listPage(filter, db.models.findPinned()?.id ?? null, offset, limit);
    },
    getImage: async ({ id }) => {
      const { db } = context.session.require();
      const image = db.images.find(id);
      if (image === undefined) throw unknownImage(id);
      const pinned = db.models.findPinned();
      const predictions = pinned === undefined ? [] : db.predictions.listByImage(id, pinned.id);
      return {
        image: toImageRecord(image),
        boxes: db.boxes.listByImage(id),
        // A pending one that a hand box already answers is not suggested again.
        predictions: predictions
          .filter((prediction) => !(prediction.hidden && prediction.status === 'pending'))
          .map(toPredictionRecord),
      };
    },
    listClasses: async () => context.session.require().db.classes.list(),
  };
}

/** `image/unknown`: for ids that no image of the open project has. */
export function unknownImage(id: string): AppError {
  return new AppError({
    code: 'image/unknown',
    message: 'This project has no such image.',
    hint: 'The list may be out of date: reload it.',
    details: { id },
  });
}

/** The record as it may cross to a window. */
export function toImageRecord({
  fileBytes: _bytes,
  modifiedAtMs: _time,
  ...record
}: StoredImage): ImageRecord {
  return record;
}

/** The record as it may cross to a window. */
export function toPredictionRecord({
  uncertainty: _uncertainty,
  hidden: _hidden,
  ...record
}: StoredPrediction): PredictionRecord {
  return record;
}
