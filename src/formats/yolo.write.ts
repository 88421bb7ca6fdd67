/** Writes YOLO labels in the Ultralytics layout: `data.yaml`, `labels/<split>/…txt`, and where the photographs belong. */
import { stringify } from 'yaml';
import type { ImageRecord } from '../core/records.ts';
import { planExport, takeSeen } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { normalisePath, stripExtension } from './image-lookup.ts';
import { assignClassIds, createManifest } from './manifest.ts';
import type { ReportBuilder } from './report.ts';
import { encodeText } from './text.ts';
import type { YoloExportOptions } from './yolo.options.ts';
import { RowDrawer } from './yolo-rows.write.ts';

/** Ultralytics refuses smaller photographs. */
const MIN_SIDE_PX = 10;

/** A `data.yaml` and one text file an image; an image without boxes gets an empty file, one nobody has looked at none. */
export function writeYolo(input: ExportSource, options: YoloExportOptions): ExportResult {
  const plan = planExport('yolo', input);
  const { report } = plan;
  const images = takeSeen(plan, 'without a label they would count as empty');
  const { ids, renumbered } = assignClassIds(input, 0, true);
  if (renumbered)
    report.note(
      'A class of the earlier export is gone, so class numbers were counted anew: do not mix with its files.',
    );
  const places = placeImages(images);
  const rows = new RowDrawer(options.coordinates, report);
  for (const image of images) {
    report.countImages(1);
    // Counted before anything is drawn: the texts of all images at once would be larger than all else.
    if (plan.boxesOf.has(image.id)) rows.count(plan.boxesOf.get(image.id) ?? [], image);
    if (Math.min(image.widthPx, image.heightPx) < MIN_SIDE_PX)
      report.note('Images under 10 px on a side are refused by Ultralytics.');
  }
  const manifest = createManifest(input, {
    format: 'yolo',
    coordinates: options.coordinates,
    classIds: ids,
    imageIds: { get: (id) => places.get(id)?.label },
  });
  const dataYaml = drawDataYaml(input, images, ids, report);
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    yield { path: 'data.yaml', bytes: encodeText(dataYaml) };
    for (const image of images) {
      const place = places.get(image.id);
      if (place === undefined) continue;
      yield { path: place.label, bytes: rows.draw(plan.boxesOf.get(image.id) ?? [], image, ids) };
    }
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: report.build(),
    copies: [...places].map(([imageId, { picture }]) => ({ imageId, path: picture })),
  };
}

interface Place {
  readonly label: string;
  readonly picture: string;
}

const folderOf = (image: ImageRecord): string => (image.split === 'valid' ? 'val' : (image.split ?? 'train'));

/**
 * A path for each label and photograph. Two images whose labels would share a name (`a.jpg` and `a.png`, or case-blind disks) get
 * a number; a folder named `images` is renamed, since readers swap the last one of that name for `labels`.
 */
function placeImages(images: readonly ImageRecord[]): Map<string, Place> {
  const taken = new Set<string>();
  const places = new Map<string, Place>();
  for (const image of images) {
    const path = normalisePath(image.path);
    const safe = path
      .split('/')
      .map((part, i, all) => (i < all.length - 1 && /^(images|labels)$/i.test(part) ? `_${part}` : part))
      .join('/');
    const stem = stripExtension(safe);
    let unique = `${folderOf(image)}/${stem}`;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${folderOf(image)}/${stem}-${n}`;
    taken.add(unique.toLowerCase());
    places.set(image.id, {
      label: `labels/${unique}.txt`,
      picture: `images/${unique}${safe.slice(stem.length)}`,
    });
  }
  return places;
}

function drawDataYaml(
  input: ExportSource,
  images: readonly ImageRecord[],
  ids: ReadonlyMap<string, number>,
  report: ReportBuilder,
): string {
  const used = new Set(images.map(folderOf));
  if (!used.has('val'))
    report.note(
      'No image is marked for validation, so `val` points at the training images: mark some, or divide them yourself.',
    );
  const unsplit = images.filter(({ split }) => split === null).length;
  if (unsplit > 0) report.note(`${unsplit} images belong to no split and were written to train.`);
  const names = Object.fromEntries(
    [...ids].map(([id, number]): [number, string] => [
      number,
      input.classes.find((record) => record.id === id)?.name ?? '',
    ]),
  );
  // No `path`: Ultralytics would take `.` for the folder it was started in; without it, the paths count from this file.
  return stringify({
    train: 'images/train',
    val: used.has('val') ? 'images/val' : 'images/train',
    ...(used.has('test') ? { test: 'images/test' } : {}),
    names,
  });
}
