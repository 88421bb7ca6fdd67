/** Writes VIAME CSV: a row for each box, ids unique in the file, frames numbered in the order of the images. */
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import { drawCsvRows } from './csv-rows.ts';
import { planExport } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { createManifest } from './manifest.ts';
import { toExportBox, toExportPoint } from './orientation.ts';
import { encodeText, joinBytes } from './text.ts';
import type { ViameExportOptions } from './viame.format.ts';

const HEADING =
  '# 1: Detection or Track-id,2: Video or Image Identifier,3: Unique Frame Identifier,4-7: Img-bbox(TL_x,TL_y,BR_x,BR_y),8: Detection or Length Confidence,9: Target Length (0 or -1 if invalid),10-11+: Repeated Species,Confidence Pairs or Attributes\n';
const TRACK = 'track.';

/** All images have a frame number, also those without a box, so that numbers follow the list of photographs. */
export function writeViame(input: ExportSource, { coordinates }: ViameExportOptions): ExportResult {
  const plan = planExport('viame', input);
  plan.report.countImages(plan.images.length);
  plan.report.countBoxes(plan.boxesOf.total);
  const bare = plan.images.filter(({ id }) => !plan.boxesOf.has(id)).length;
  if (bare > 0) plan.report.note(`${bare} images have no box and so no row; the manifest lists them.`);
  const nameOf = new Map(input.classes.map(({ id, name }) => [id, name]));
  const manifest = createManifest(input, {
    format: 'viame',
    coordinates,
    classIds: nameOf,
    imageIds: new Map(plan.images.map(({ id, path }) => [id, path])),
  });
  let commas = 0;
  for (const { attributes } of input.boxes) if (String(attributes.note ?? '').includes(',')) commas++;
  if (commas > 0)
    plan.report.note(
      `${commas} notes hold a comma, which VIAME cuts them at: it was written as a semicolon.`,
    );
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    const parts = [encodeText(HEADING)];
    let id = 0;
    for (const [frame, image] of plan.images.entries()) {
      const rows = (plan.boxesOf.get(image.id) ?? []).map((box) =>
        drawRow(box, id++, frame, image, nameOf.get(box.classId) ?? '', coordinates),
      );
      parts.push(encodeText(drawCsvRows(rows)));
    }
    yield { path: 'annotations.viame.csv', bytes: joinBytes(parts) };
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: plan.report.build(),
    copies: plan.images.map(({ id, path }) => ({ imageId: id, path })),
  };
}

function drawRow(
  box: BoxRecord,
  id: number,
  frame: number,
  image: ImageRecord,
  name: string,
  coordinates: 'upright' | 'raw',
): (string | number)[] {
  const { x, y, w, h } = toExportBox(box, image, coordinates);
  const {
    'viame.confidence': confidence,
    'viame.length': length,
    'viame.classes': classes,
    note,
    ...rest
  } = box.attributes;
  const score = box.score ?? 1;
  const points = (['head', 'tail'] as const).flatMap((key) => {
    const point = box[key];
    if (point === null) return [];
    const at = toExportPoint(point, image, coordinates);
    return [`(kp) ${key} ${at.x} ${at.y}`];
  });
  // A key with a blank would be read as a key and the beginning of its value.
  const attributes = Object.entries(rest)
    .filter(([key]) => key !== 'track')
    .map(([key, value]) =>
      key.startsWith(TRACK)
        ? `(trk-atr) ${oneWord(key.slice(TRACK.length))} ${oneLine(value)}`
        : `(atr) ${oneWord(key)} ${oneLine(value)}`,
    );
  const others = typeof classes === 'string' ? classes.split('; ').flatMap((pair) => splitPair(pair)) : [];
  const notes =
    note === undefined
      ? []
      : String(note)
          .split('\n')
          .map((text) => `(note) ${oneLine(text).replaceAll(',', ';')}`);
  return [
    id,
    image.path,
    frame,
    x,
    y,
    x + w,
    y + h,
    typeof confidence === 'number' ? confidence : score,
    typeof length === 'number' ? length : -1,
    oneLine(name),
    score,
    ...others,
    ...points,
    ...attributes,
    ...notes,
  ];
}

const oneLine = (value: unknown): string => String(value).replaceAll(/[\r\n]+/g, ' ');
const oneWord = (value: string): string => oneLine(value).replaceAll(/\s+/gu, '_');

function splitPair(pair: string): string[] {
  const at = pair.lastIndexOf(' ');
  return at < 0 ? [] : [pair.slice(0, at), pair.slice(at + 1)];
}
