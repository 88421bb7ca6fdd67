/** Writes labels as MegaDetector results, so that camera-trap tools can sort photographs by them. */
import { clipBox } from '../core/geometry.ts';
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import { planExport } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { assignClassIds, createManifest } from './manifest.ts';
import { encodeText, joinBytes } from './text.ts';

/** An image nobody has looked at is a failure, as the format calls what was not examined; an empty one has an empty list. */
export function writeMegadetector(input: ExportSource): ExportResult {
  const plan = planExport('megadetector', input);
  const { images, boxesOf, report } = plan;
  report.countImages(images.length);
  report.countBoxes(boxesOf.total);
  const classIds = assignClassIds(input, 1, false).ids;
  const manifest = createManifest(input, {
    format: 'megadetector',
    coordinates: 'upright',
    classIds,
    imageIds: new Map(images.map(({ id, path }) => [id, path])),
  });
  const head = {
    info: {
      format_version: '1.6',
      detector: `Labels of ${input.projectName}`,
      detection_completion_time: new Date(input.nowMs).toISOString().slice(0, 19).replace('T', ' '),
    },
    detection_categories: Object.fromEntries(
      input.classes.map(({ id, name }): [string, string] => [String(classIds.get(id)), name]),
    ),
  };
  const drawImage = (image: ImageRecord): object => {
    const boxes = boxesOf.get(image.id) ?? [];
    if (boxes.length === 0 && image.state === 'unseen')
      return { file: image.path, failure: 'Nobody has looked at it' };
    return {
      file: image.path,
      detections: boxes.map((box) => drawDetection(box, image, classIds.get(box.classId) ?? 0)),
    };
  };
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    const parts = [encodeText(`${JSON.stringify(head).slice(0, -1)},"images":[`)];
    for (const [n, image] of images.entries())
      parts.push(encodeText(`${n === 0 ? '' : ','}\n${JSON.stringify(drawImage(image))}`));
    parts.push(encodeText('\n]}\n'));
    yield { path: 'megadetector.json', bytes: joinBytes(parts) };
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: report.build(),
    copies: images.map(({ id, path }) => ({ imageId: id, path })),
  };
}

function drawDetection(box: BoxRecord, image: ImageRecord, category: number): object {
  const { x, y, w, h } = clipBox(box, image) ?? box;
  return {
    category: String(category),
    // A person vouches for a label, whatever a model once thought of it.
    conf: 1,
    bbox: [x / image.widthPx, y / image.heightPx, w / image.widthPx, h / image.heightPx],
    ...(box.score === null ? {} : { catchlight_score: box.score }),
  };
}
