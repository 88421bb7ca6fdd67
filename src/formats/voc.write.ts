/** Writes Pascal VOC: `Annotations/…xml`, the lists of the splits, and where the photographs belong. */
import { clipBox } from '../core/geometry.ts';
import type { BoxRecord, ClassRecord, ImageRecord } from '../core/records.ts';
import { planExport, takeSeen } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { baseName } from './image-lookup.ts';
import { type LabelPlace, placeLabels } from './label-places.ts';
import { createManifest } from './manifest.ts';
import { toExportBox, toExportSize } from './orientation.ts';
import { encodeText } from './text.ts';
import type { VocExportOptions } from './voc.options.ts';
import { escapeXml } from './xml.ts';

/** Attributes that VOC has elements for. */
const own: ReadonlySet<string> = new Set(['truncated', 'difficult', 'occluded', 'pose']);

/** Channels of a photograph whose file cannot be asked. */
const COLOUR = 3;

interface VocDraft {
  readonly image: ImageRecord;
  readonly place: LabelPlace;
  readonly boxes: readonly BoxRecord[];
}

/** One XML for each image somebody has looked at; names of files hold no blanks, since the lists of subsets are split at them. */
export function writeVoc(input: ExportSource, options: VocExportOptions): ExportResult {
  const plan = planExport('voc', input);
  const images = takeSeen(plan, 'nobody has looked at them yet; without a box they would count as empty');
  const places = placeLabels(images, (path) => path.replaceAll(/\s/gu, '_'));
  const drafts = images.flatMap((image): VocDraft[] => {
    const place = places.get(image.id);
    return place === undefined ? [] : [{ image, place, boxes: plan.boxesOf.get(image.id) ?? [] }];
  });
  plan.report.countImages(drafts.length);
  for (const { boxes } of drafts) plan.report.countBoxes(boxes.length);
  plan.report.note(
    options.origin === 'one-based'
      ? 'Boxes are whole pixels counted from 1, both ends included (VOC specification).'
      : 'Boxes are edges counted from 0 with decimals (as labelImg and CVAT write), not whole pixels from 1.',
  );
  const manifest = createManifest(input, {
    format: 'voc',
    coordinates: options.coordinates,
    classIds: new Map(input.classes.map(({ id, name }) => [id, name])),
    imageIds: new Map(drafts.map(({ image, place }) => [image.id, labelPath(place)])),
    settings: { origin: options.origin },
  });
  return {
    files: drawFiles(drafts, input, options, manifest),
    report: plan.report.build(),
    copies: drafts.map(({ image, place }) => ({ imageId: image.id, path: `JPEGImages/${place.picture}` })),
  };
}

const labelPath = ({ stem }: LabelPlace): string => `Annotations/${stem}.xml`;

async function* drawFiles(
  drafts: readonly VocDraft[],
  { classes, channelsOf }: ExportSource,
  options: VocExportOptions,
  manifest: OutputFile,
): AsyncGenerator<OutputFile> {
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  for (const draft of drafts) {
    const depth = (await channelsOf?.(draft.image)) ?? COLOUR;
    yield { path: labelPath(draft.place), bytes: encodeText(drawAnnotation(draft, depth, nameOf, options)) };
  }
  const bySplit = Map.groupBy(drafts, ({ image }) => image.split);
  for (const [split, name] of [
    ['train', 'train'],
    ['valid', 'val'],
    ['test', 'test'],
    [null, 'unsplit'],
  ] as const) {
    const ids = (bySplit.get(split) ?? []).map(({ place }) => `${place.stem}\n`);
    if (ids.length > 0) yield { path: `ImageSets/Main/${name}.txt`, bytes: encodeText(ids.join('')) };
  }
  yield { path: 'labelmap.txt', bytes: encodeText(drawLabelMap(classes)) };
  yield manifest;
}

/** The class list that CVAT and datumaro ask for; readers of VOC's own twenty classes pass it over. A colon would end a name, so it is written as a hyphen. */
function drawLabelMap(classes: readonly ClassRecord[]): string {
  const rows = classes.map(({ name, color }) => {
    const rgb = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    return `${name.replaceAll(':', '-')}:${rgb.join(',')}::\n`;
  });
  return `# label:color_rgb:parts:actions\n${rows.join('')}`;
}

function drawAnnotation(
  { image, place, boxes }: VocDraft,
  depth: number,
  nameOf: ReadonlyMap<string, string>,
  options: VocExportOptions,
): string {
  const { widthPx, heightPx } = toExportSize(image, options.coordinates);
  const picture = `JPEGImages/${place.picture}`;
  const objects = boxes.map((box) => drawObject(box, image, nameOf.get(box.classId) ?? '', options));
  return `<annotation>
  <folder>${escapeXml(picture.slice(0, picture.lastIndexOf('/')))}</folder>
  <filename>${escapeXml(baseName(picture))}</filename>
  <source>
    <database>Catchlight</database>
  </source>
  <size>
    <width>${widthPx}</width>
    <height>${heightPx}</height>
    <depth>${depth}</depth>
  </size>
  <segmented>0</segmented>
${objects.join('')}</annotation>
`;
}

function drawObject(box: BoxRecord, image: ImageRecord, name: string, options: VocExportOptions): string {
  const { attributes } = box;
  const [xmin, ymin, xmax, ymax] = cornersOf(box, image, options);
  const flag = (key: string): number => (attributes[key] === true || Number(attributes[key]) > 0 ? 1 : 0);
  const rest = Object.entries(attributes).filter(([key]) => !own.has(key));
  const list = rest.map(
    ([key, value]) =>
      `      <attribute>\n        <name>${escapeXml(key)}</name>\n        <value>${escapeXml(String(value))}</value>\n      </attribute>\n`,
  );
  return `  <object>
    <name>${escapeXml(name)}</name>
    <pose>${escapeXml(String(attributes.pose ?? 'Unspecified'))}</pose>
    <truncated>${flag('truncated')}</truncated>
    <occluded>${flag('occluded')}</occluded>
    <difficult>${flag('difficult')}</difficult>
    <bndbox>
      <xmin>${xmin}</xmin>
      <ymin>${ymin}</ymin>
      <xmax>${xmax}</xmax>
      <ymax>${ymax}</ymax>
    </bndbox>
${list.length === 0 ? '' : `    <attributes>\n${list.join('')}    </attributes>\n`}  </object>
`;
}

/** Whole pixels that hold the box, from 1, both ends included and inside the image; or its edges from 0. */
function cornersOf(
  box: BoxRecord,
  image: ImageRecord,
  { coordinates, origin }: VocExportOptions,
): [number, number, number, number] {
  const { x, y, w, h } = toExportBox(clipBox(box, image) ?? box, image, coordinates);
  if (origin === 'zero-based') return [x, y, x + w, y + h];
  const size = toExportSize(image, coordinates);
  const first = (from: number, side: number): number => Math.min(side, Math.max(1, Math.floor(from) + 1));
  const last = (to: number, side: number): number => Math.min(side, Math.max(1, Math.ceil(to)));
  return [
    first(x, size.widthPx),
    first(y, size.heightPx),
    last(x + w, size.widthPx),
    last(y + h, size.heightPx),
  ];
}
