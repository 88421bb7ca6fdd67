/** Writes labelme JSON: one file an image, beside the place where its copy belongs, without the photograph inside. */
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import { planExport, takeSeen } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { baseName } from './image-lookup.ts';
import { type LabelPlace, placeLabels } from './label-places.ts';
import type { LabelmeExportOptions } from './labelme.format.ts';
import { createManifest } from './manifest.ts';
import { toExportBox, toExportSize } from './orientation.ts';
import { encodeText } from './text.ts';

/** The version whose reader these files were tried with. */
const LABELME_VERSION = '5.5.0';
const TOP = 'labelme.';

/** `imageData` is null: labelme then opens the photograph beside the file, and no pixel is encoded anew. */
export function writeLabelme(input: ExportSource, options: LabelmeExportOptions): ExportResult {
  const plan = planExport('labelme', input);
  const images = takeSeen(plan, 'nobody has looked at them yet; without a shape they would count as empty');
  const places = placeLabels(images);
  plan.report.countImages(images.length);
  for (const { id } of images) plan.report.countBoxes(plan.boxesOf.count(id));
  plan.report.note('Photographs belong beside their JSON files; labelme opens them from there.');
  const nameOf = new Map(input.classes.map(({ id, name }) => [id, name]));
  const manifest = createManifest(input, {
    format: 'labelme',
    coordinates: options.coordinates,
    classIds: nameOf,
    imageIds: new Map([...places].map(([id, { stem }]) => [id, `${stem}.json`])),
  });
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    for (const image of images) {
      const place = places.get(image.id);
      if (place === undefined) continue;
      const json = drawImage(image, place, plan.boxesOf.get(image.id) ?? [], nameOf, options);
      yield { path: `${place.stem}.json`, bytes: encodeText(`${JSON.stringify(json, null, 2)}\n`) };
    }
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: plan.report.build(),
    copies: [...places].map(([imageId, { picture }]) => ({ imageId, path: picture })),
  };
}

function drawImage(
  image: ImageRecord,
  place: LabelPlace,
  boxes: readonly BoxRecord[],
  nameOf: ReadonlyMap<string, string>,
  { coordinates }: LabelmeExportOptions,
): object {
  const { widthPx, heightPx } = toExportSize(image, coordinates);
  return {
    version: LABELME_VERSION,
    flags: Object.fromEntries((image.flags ?? []).map((flag) => [flag, true])),
    shapes: boxes.map((box) => drawShape(box, image, nameOf.get(box.classId) ?? '', coordinates)),
    imagePath: baseName(place.picture),
    imageData: null,
    imageHeight: heightPx,
    imageWidth: widthPx,
  };
}

function drawShape(
  box: BoxRecord,
  image: ImageRecord,
  label: string,
  coordinates: 'upright' | 'raw',
): object {
  const { x, y, w, h } = toExportBox(box, image, coordinates);
  const { description, group_id: group, ...rest } = box.attributes;
  const top: [string, unknown][] = [];
  const flags: [string, boolean][] = [];
  const attributes: [string, unknown][] = [];
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith(TOP)) top.push([key.slice(TOP.length), value]);
    else if (value === true) flags.push([key, true]);
    else attributes.push([key, value]);
  }
  return {
    ...Object.fromEntries(top),
    label,
    points: [
      [x, y],
      [x + w, y + h],
    ],
    group_id: typeof group === 'number' ? group : null,
    description: description === undefined ? '' : String(description),
    shape_type: 'rectangle',
    flags: Object.fromEntries(flags),
    mask: null,
    ...(box.score === null ? {} : { score: box.score }),
    ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
  };
}
