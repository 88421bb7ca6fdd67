/** Writes YOLO labels, in the Ultralytics layout (`data.yaml`, `labels/<split>/…txt`) or in Darknet's (`obj.data`, labels beside photographs). */
import { stringify } from 'yaml';
import type { ImageRecord } from '../core/records.ts';
import { createPlaces, planExport, takeSeen } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { assignClassIds, createManifest } from './manifest.ts';
import { drawInPieces } from './output-pieces.ts';
import type { ReportBuilder } from './report.ts';
import { encodeText } from './text.ts';
import type { YoloExportOptions } from './yolo.options.ts';
import { darknetFolders, folderOf, placeImages, type YoloFolder, type YoloPlace } from './yolo-places.ts';
import { RowDrawer } from './yolo-rows.write.ts';

/** Ultralytics refuses smaller photographs. */
const MIN_SIDE_PX = 10;

/** A list of classes and one text file an image; an image without boxes gets an empty file, one nobody has looked at none. */
export function writeYolo(input: ExportSource, options: YoloExportOptions): ExportResult {
  const plan = planExport('yolo', input);
  const { report } = plan;
  const images = takeSeen(plan, 'nobody has looked at them yet; without a label they would count as empty');
  const { ids, renumbered } = assignClassIds(input, 0, true);
  if (renumbered)
    report.note(
      'A class of the earlier export is gone, so class numbers were counted anew: do not mix with its files.',
    );
  const placeAt = placeImages(images, options.layout);
  const rows = new RowDrawer(options.coordinates, report);
  for (const image of images) {
    report.countImages(1);
    // Counted before anything is drawn: the texts of all images at once would be larger than all else.
    if (plan.boxesOf.has(image.id)) rows.count(plan.boxesOf.get(image.id) ?? [], image);
    if (Math.min(image.widthPx, image.heightPx) < MIN_SIDE_PX)
      report.note('Images under 10 px on a side are refused by Ultralytics.');
  }
  const unsplit = images.filter(({ split }) => split === null).length;
  if (unsplit > 0) report.note(`${unsplit} images belong to no split and were written to train.`);
  const placeOf = createPlaces(images);
  const manifest = createManifest(input, {
    format: 'yolo',
    coordinates: options.coordinates,
    classIds: ids,
    imageIds: {
      get: (id) => {
        const place = placeOf(id);
        return place < 0 ? undefined : placeAt(place).label;
      },
    },
  });
  const names = listNames(input, ids);
  const heads =
    options.layout === 'darknet'
      ? drawDarknet(images, placeAt, names, report)
      : [{ path: 'data.yaml', bytes: encodeText(drawDataYaml(images, names, report)) }];
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    yield* heads;
    for (const [place, image] of images.entries())
      yield {
        path: placeAt(place).label,
        bytes: rows.draw(plan.boxesOf.get(image.id) ?? [], image, ids),
      };
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: report.build(),
    // Drawn when somebody copies: most exports are of labels alone.
    get copies() {
      return images.map(({ id }, place) => ({ imageId: id, path: placeAt(place).picture }));
    },
  };
}

/** Class numbers, dense from 0, with their names in that order. */
function listNames({ classes }: ExportSource, ids: ReadonlyMap<string, number>): [number, string][] {
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  return [...ids].map(([id, number]): [number, string] => [number, nameOf.get(id) ?? '']);
}

function drawDataYaml(
  images: readonly ImageRecord[],
  names: readonly (readonly [number, string])[],
  report: ReportBuilder,
): string {
  const used = new Set(images.map(folderOf));
  if (!used.has('val'))
    report.note(
      'No image is marked for validation, so `val` points at the training images: mark some, or divide them yourself.',
    );
  // No `path`: Ultralytics would take `.` for the folder it was started in; without it, the paths count from this file.
  return stringify({
    train: 'images/train',
    val: used.has('val') ? 'images/val' : 'images/train',
    ...(used.has('test') ? { test: 'images/test' } : {}),
    names: Object.fromEntries(names),
  });
}

/** `obj.data`, `obj.names` and a list of photographs for each split. Paths begin with `data/`, from where Darknet and CVAT look. */
function drawDarknet(
  images: readonly ImageRecord[],
  placeAt: (place: number) => YoloPlace,
  names: readonly (readonly [number, string])[],
  report: ReportBuilder,
): OutputFile[] {
  const used = new Set(images.map(folderOf));
  if (!used.has('val'))
    report.note('No image is marked for validation, so `obj.data` names no list of them: mark some first.');
  if (used.has('test'))
    report.note(
      `Darknet and CVAT know train and valid only: they pass over \`test.txt\` and \`${darknetFolders.test}\`.`,
    );
  const lists = (
    [
      ['train', 'train'],
      ['val', 'valid'],
      ['test', 'test'],
    ] as const
  ).filter(([folder]) => used.has(folder));
  const ordered = names.toSorted(([a], [b]) => a - b);
  const data = [
    `classes = ${names.length}`,
    ...lists.map(([, name]) => `${name} = data/${name}.txt`),
    'names = data/obj.names',
    'backup = backup/',
  ];
  const drawList = (folder: YoloFolder) =>
    function* (): Generator<string> {
      for (const [place, image] of images.entries())
        if (folderOf(image) === folder) yield `data/${placeAt(place).picture}\n`;
    };
  return [
    { path: 'obj.data', bytes: encodeText(`${data.join('\n')}\n`) },
    { path: 'obj.names', bytes: encodeText(ordered.map(([, name]) => `${name}\n`).join('')) },
    ...lists.map(([folder, name]) => drawInPieces(`${name}.txt`, drawList(folder))),
  ];
}
