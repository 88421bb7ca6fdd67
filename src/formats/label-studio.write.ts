/** Writes Label Studio tasks and the labelling config that their names refer to. */
import { clipBox, type PixelBox } from '../core/geometry.ts';
import type { ImageRecord } from '../core/records.ts';
import { planExport, takeListed } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import type { LabelStudioExportOptions } from './label-studio.format.ts';
import { createManifest } from './manifest.ts';
import { toExportBox, toExportSize } from './orientation.ts';
import { encodeText, joinBytes } from './text.ts';
import { escapeXml } from './xml.ts';

/** An image somebody looked at has an annotation, empty when there was no fish; one nobody looked at has none. */
export function writeLabelStudio(input: ExportSource, options: LabelStudioExportOptions): ExportResult {
  const plan = planExport('label-studio', input);
  const images = options.unseen === 'write' ? plan.images : takeListed(plan, options.unseen);
  plan.report.countImages(images.length);
  for (const { id } of images) plan.report.countBoxes(plan.boxesOf.count(id));
  const nameOf = new Map(input.classes.map(({ id, name }) => [id, name]));
  const predictionsOf = Map.groupBy(input.predictions ?? [], ({ imageId }) => imageId);
  const manifest = createManifest(input, {
    format: 'label-studio',
    coordinates: options.coordinates,
    classIds: nameOf,
    imageIds: new Map(images.map(({ id, path }) => [id, path])),
  });
  const drawTask = (image: ImageRecord, n: number): object => {
    const region = (box: PixelBox & { classId: string }, id: string, more: object): object =>
      drawRegion(box, id, image, nameOf.get(box.classId) ?? '', options.coordinates, more);
    const boxes = plan.boxesOf.get(image.id) ?? [];
    const looked = boxes.length > 0 || image.state !== 'unseen';
    const predicted = (predictionsOf.get(image.id) ?? []).filter(({ classId }) => nameOf.has(classId));
    const result = boxes.map((box) => {
      const { note, ...attributes } = box.attributes;
      const meta = {
        ...(note === undefined ? {} : { text: [String(note)] }),
        ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
      };
      return region(box, box.id, {
        ...(Object.keys(meta).length === 0 ? {} : { meta }),
        ...(box.score === null ? {} : { score: box.score }),
        origin: box.source === 'model' ? 'prediction' : 'manual',
      });
    });
    return {
      id: n + 1,
      data: { image: options.imageUrl + escapePath(image.path, options.imageUrl) },
      ...(image.split === null ? {} : { meta: { split: image.split } }),
      annotations: looked ? [{ result, was_cancelled: false, ground_truth: false }] : [],
      predictions:
        predicted.length === 0
          ? []
          : [
              {
                model_version: predicted[0]?.modelId ?? '',
                score: Math.max(...predicted.map(({ score }) => score)),
                result: predicted.map((one) => region(one, one.id, { score: one.score })),
              },
            ],
    };
  };
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    const parts = [encodeText('[')];
    for (const [n, image] of images.entries())
      parts.push(encodeText(`${n === 0 ? '' : ','}\n${JSON.stringify(drawTask(image, n))}`));
    parts.push(encodeText('\n]\n'));
    yield { path: 'tasks.json', bytes: joinBytes(parts) };
    yield { path: 'config.xml', bytes: encodeText(drawConfig(input)) };
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: plan.report.build(),
    copies: images.map(({ id, path }) => ({ imageId: id, path: `images/${path}` })),
  };
}

/** In the query of an address a path is escaped whole; elsewhere its parts keep their slashes. */
function escapePath(path: string, prefix: string): string {
  return prefix.includes('?')
    ? encodeURIComponent(path).replaceAll('%2F', '/')
    : path.split('/').map(encodeURIComponent).join('/');
}

function drawRegion(
  box: PixelBox,
  id: string,
  image: ImageRecord,
  label: string,
  coordinates: 'upright' | 'raw',
  more: object,
): object {
  const { widthPx, heightPx } = toExportSize(image, coordinates);
  const { x, y, w, h } = toExportBox(clipBox(box, image) ?? box, image, coordinates);
  return {
    id,
    type: 'rectanglelabels',
    from_name: 'label',
    to_name: 'image',
    original_width: widthPx,
    original_height: heightPx,
    image_rotation: 0,
    value: {
      x: (x / widthPx) * 100,
      y: (y / heightPx) * 100,
      width: (w / widthPx) * 100,
      height: (h / heightPx) * 100,
      rotation: 0,
      rectanglelabels: [label],
    },
    ...more,
  };
}

/** What to paste into the labelling set-up: the names that tasks refer to, and the classes in their colours. */
function drawConfig({ classes }: ExportSource): string {
  const labels = classes.map(
    ({ name, color }) => `    <Label value="${escapeXml(name)}" background="${escapeXml(color)}"/>\n`,
  );
  return `<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="label" toName="image">
${labels.join('')}  </RectangleLabels>
</View>
`;
}
