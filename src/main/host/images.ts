/** What windows ask about images and classes. */
import type { HostApi, ImageFilter, ImageSort } from '../../contract/host-api.ts';
import { AppError } from '../../core/errors.ts';
import type { ImageRecord, PredictionRecord } from '../../core/records.ts';
import { byName } from '../db/image-query.ts';
import type { ImageList, StoredImage } from '../db/images.repository.ts';
import type { StoredPrediction } from '../db/predictions.repository.ts';
import type { ProjectDatabase } from '../db/project-database.ts';
import { findAuditReport } from './audit/stored-audit.ts';
import type { HostContext } from './context.ts';
import type { OpenProject } from './open-project.ts';

export type ImagesArea = Pick<
  HostApi,
  'listImages' | 'locateImage' | 'findUnreviewed' | 'listGroups' | 'listFlags' | 'getImage' | 'listClasses'
>;

/** More flags than a person invents. */
const flagsAtMost = 500;
/** More groups than a person chooses from. */
const groupsAtMost = 5000;

export function createImagesArea(context: HostContext): ImagesArea {
  const open = (query: ImageFilter, sort: ImageSort): { db: ProjectDatabase; list: ImageList } => {
    const project = context.session.require();
    const { db } = project;
    return {
      db,
      list: { query: withFinding(project, query), sort, modelId: db.models.findPinned()?.id ?? null },
    };
  };
  return {
    listImages: async ({ filter, sort, offset, limit }) => {
      const { db, list } = open(filter, sort ?? byName);
      return db.images.listPage(list, offset, limit);
    },
    locateImage: async ({ id, filter, sort }) => {
      const { db, list } = open(filter, sort);
      const found = db.images.locate(list, id);
      if (found === undefined) throw unknownImage(id);
      return found;
    },
    findUnreviewed: async ({ id, filter, sort, step }) => {
      const { db, list } = open(filter, sort);
      const image = db.images.findUnsettled(list, id, step);
      const found = image === undefined ? undefined : db.images.locate(list, image.id);
      return image === undefined || found === undefined ? null : { image, position: found.position };
    },
    listGroups: async () => context.session.require().db.images.listGroups(groupsAtMost),
    listFlags: async () => context.session.require().db.images.listFlags(flagsAtMost),
    getImage: async ({ id, modelId }) => {
      const project = context.session.require();
      const { db } = project;
      const image = db.images.find(id);
      if (image === undefined) throw unknownImage(id);
      project.noteOpened(id);
      const asked = modelId ?? db.models.findPinned()?.id;
      const predictions = asked === undefined ? [] : db.predictions.listByImage(id, asked);
      return {
        image: toImageRecord(image),
        boxes: db.boxes.listByImage(id),
        // A pending one that a hand box already answers is not suggested again; who compares wants to see it.
        predictions: predictions
          .filter(
            (prediction) => modelId !== undefined || !(prediction.hidden && prediction.status === 'pending'),
          )
          .map(toPredictionRecord),
      };
    },
    listClasses: async () => context.session.require().db.classes.list(),
  };
}

/** What an audit found is a list of photographs; without an audit there is none. */
function withFinding(project: OpenProject, { finding, ...query }: ImageFilter): ImageList['query'] {
  if (finding === undefined) return query;
  const found = findAuditReport(project)?.findings.find(({ id }) => id === finding);
  return { ...query, ids: found?.imageIds ?? [] };
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
