/** Crops of boxes in an order of likeness, from features that are stored: for checking classes at a glance. */
import type { HostApi } from '../../../contract/host-api.ts';
import type { Crop, CropOrder } from '../../../contract/schemas.ts';
import { isIgnoreRegion } from '../../../core/ignore-regions.ts';
import { chainOrder, likenessTo, meanDirection, type Vectors } from '../../../core/likeness.ts';
import { createRandom } from '../../../core/random.ts';
import type { HostContext } from '../context.ts';
import { toPredictionRecord } from '../images.ts';
import type { OpenProject } from '../open-project.ts';
import { isReadable, toEngineImage } from './labelled-images.ts';

export type CropsArea = Pick<HostApi, 'listCrops'>;

/** One box of a photograph, not yet placed among the others. */
type Found = Pick<Crop, 'hand' | 'predicted'>;

const recordOf = ({ hand, predicted }: Found) => {
  const record = hand ?? predicted;
  if (record === null) throw new RangeError('a crop is of a label or of a suggestion');
  return record;
};

export function createCropsArea(context: HostContext): CropsArea {
  return {
    listCrops: async ({ source, classId, minScore, order, like, limit }) => {
      const project = context.session.require();
      const found =
        source === 'labels' ? findLabels(project, classId) : findOffered(project, classId, minScore);
      const chosen = found.slice(0, limit);
      const vectors = await ask(context, project, chosen);
      const { rows, likeness } = sort(chosen, vectors, order, like);
      const items = new Map(
        project.db.images
          .listItems(
            [...new Set(chosen.map((crop) => recordOf(crop).imageId))],
            project.db.models.findPinned()?.id ?? null,
          )
          .map((item) => [item.id, item]),
      );
      return {
        total: found.length,
        unknown: vectors.known.reduce((sum, known) => sum + (known === 1 ? 0 : 1), 0),
        items: rows.flatMap((row): Crop[] => {
          const crop = chosen[row];
          const image = crop === undefined ? undefined : items.get(recordOf(crop).imageId);
          return crop === undefined || image === undefined
            ? []
            : [{ ...crop, image, likeness: likeness[row] ?? null }];
        }),
      };
    },
  };
}

/** Hand boxes image by image; regions to ignore are no fish. */
function findLabels({ db }: OpenProject, classId: string | null): Found[] {
  const boxes = classId === null ? db.boxes.listAll() : db.boxes.listByClass(classId);
  return boxes.filter((box) => !isIgnoreRegion(box)).map((hand) => ({ hand, predicted: null }));
}

/** Suggestions of the pinned model that wait for an answer, the surest first. */
function findOffered({ db }: OpenProject, classId: string | null, minScore: number): Found[] {
  const pinned = db.models.findPinned();
  if (pinned === undefined) return [];
  const { items } = db.predictions.listOffered(pinned.id, 'highest-score', minScore, offeredAtMost);
  return items
    .filter((prediction) => classId === null || prediction.classId === classId)
    .map((prediction) => ({ hand: null, predicted: toPredictionRecord(prediction) }));
}
const offeredAtMost = 20_000;

/** One vector a crop, in their order. */
async function ask(context: HostContext, project: OpenProject, crops: readonly Found[]): Promise<Vectors> {
  const rowsOf = new Map<string, number[]>();
  for (const [row, crop] of crops.entries()) {
    const { imageId } = recordOf(crop);
    const rows = rowsOf.get(imageId);
    if (rows === undefined) rowsOf.set(imageId, [row]);
    else rows.push(row);
  }
  const asked = [...rowsOf].flatMap(([imageId, rows]) => {
    const image = project.db.images.find(imageId);
    return image === undefined || !isReadable(image) ? [] : [{ image, rows }];
  });
  const answer = await context.engine.call('embedBoxes', {
    images: asked.map(({ image, rows }) => ({
      image: toEngineImage(project, image),
      boxes: rows.map((row) => {
        const { x, y, w, h } = recordOf(crops[row] as Found);
        return { x, y, w, h };
      }),
    })),
    featuresDir: project.featuresDir,
    canvas: project.db.settings.get().canvas,
  });
  // The engine answers image by image; crops have an order of their own.
  const { length } = answer;
  const values = new Float32Array(crops.length * length);
  const known = new Uint8Array(crops.length);
  for (const [i, row] of asked.flatMap(({ rows }) => rows).entries()) {
    known[row] = answer.known[i] ?? 0;
    values.set(answer.values.subarray(i * length, (i + 1) * length), row * length);
  }
  return { length, values, known };
}

function sort(
  crops: readonly Found[],
  vectors: Vectors,
  order: CropOrder,
  like: string | null,
): { rows: number[]; likeness: (number | null)[] } {
  const rows = [...crops.keys()];
  const at = like === null ? -1 : crops.findIndex((crop) => recordOf(crop).id === like);
  if (at >= 0) {
    const { values, length } = vectors;
    const likeness = likenessTo(vectors, values.subarray(at * length, (at + 1) * length));
    return { rows: rows.sort((a, b) => (likeness[b] ?? -2) - (likeness[a] ?? -2)), likeness };
  }
  const likeness = likenessToClass(crops, vectors);
  if (order === 'odd-first')
    return { rows: rows.sort((a, b) => (likeness[a] ?? 2) - (likeness[b] ?? 2)), likeness };
  return { rows: chainOrder(vectors, createRandom(1).fork('likeness')), likeness };
}

/** How like each is to the mean of its own class. */
function likenessToClass(crops: readonly Found[], vectors: Vectors): (number | null)[] {
  const byClass = Map.groupBy(crops.keys(), (row) => recordOf(crops[row] as Found).classId);
  const out: (number | null)[] = crops.map(() => null);
  for (const rows of byClass.values()) {
    const own = likenessTo(vectors, meanDirection(vectors, rows));
    for (const row of rows) out[row] = own[row] ?? null;
  }
  return out;
}
