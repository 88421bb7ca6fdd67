/** Writes one table with a row for each box, and a row without a box for each image that has none. */
import { clipBox } from '../core/geometry.ts';
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import type { CsvExportOptions } from './csv.format.ts';
import { drawCsvRows } from './csv-rows.ts';
import { planExport, takeSeen } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { createManifest } from './manifest.ts';
import { toExportBox, toExportSize } from './orientation.ts';
import { encodeText, joinBytes } from './text.ts';

/** The columns of TensorFlow's detection tables, then score and split. */
export function writeCsv(input: ExportSource, options: CsvExportOptions): ExportResult {
  const plan = planExport('csv', input);
  const images = takeSeen(plan, 'nobody has looked at them yet; without a box they would count as empty');
  plan.report.countImages(images.length);
  for (const { id } of images) plan.report.countBoxes(plan.boxesOf.count(id));
  const nameOf = new Map(input.classes.map(({ id, name }) => [id, name]));
  const manifest = createManifest(input, {
    format: 'csv',
    coordinates: options.coordinates,
    classIds: nameOf,
    imageIds: new Map(images.map(({ id, path }) => [id, path])),
    settings: { unit: 'pixel' },
  });
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    const edges = options.box === 'corners' ? ['xmin', 'ymin', 'xmax', 'ymax'] : ['x', 'y', 'w', 'h'];
    const draw = (rows: (string | number)[][]): Uint8Array => encodeText(drawCsvRows(rows));
    const parts = [draw([['filename', 'image_width', 'image_height', 'class', ...edges, 'score', 'split']])];
    for (const image of images) {
      const boxes: readonly (BoxRecord | undefined)[] = plan.boxesOf.get(image.id) ?? [undefined];
      parts.push(
        draw(boxes.map((box) => drawRow(image, box, nameOf.get(box?.classId ?? '') ?? '', options))),
      );
    }
    yield { path: 'labels.csv', bytes: joinBytes(parts) };
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: plan.report.build(),
    copies: images.map(({ id, path }) => ({ imageId: id, path })),
  };
}

function drawRow(
  image: ImageRecord,
  box: BoxRecord | undefined,
  name: string,
  { coordinates, box: kind }: CsvExportOptions,
): (string | number)[] {
  const { widthPx, heightPx } = toExportSize(image, coordinates);
  const start = [image.path, widthPx, heightPx];
  const end = image.split ?? '';
  if (box === undefined) return [...start, '', '', '', '', '', '', end];
  const { x, y, w, h } = toExportBox(clipBox(box, image) ?? box, image, coordinates);
  return [...start, name, x, y, ...(kind === 'corners' ? [x + w, y + h] : [w, h]), box.score ?? '', end];
}
