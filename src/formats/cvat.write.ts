/** Writes CVAT for images XML 1.1: the task's labels, then every image with its boxes. */
import { clipBox, type Size } from '../core/geometry.ts';
import type { BoxRecord, ClassRecord, ImageRecord } from '../core/records.ts';
import type { CvatExportOptions } from './cvat.format.ts';
import { type ExportPlan, planExport, takeListed } from './export-plan.ts';
import type { ExportResult, ExportSource, OutputFile } from './format.ts';
import { stripExtension } from './image-lookup.ts';
import { createManifest } from './manifest.ts';
import { toExportBox, toExportSize } from './orientation.ts';
import { encodeText, joinBytes } from './text.ts';
import { escapeXml, toXmlText } from './xml.ts';

/** Images are numbered from 0 in the order of the project; CVAT itself goes by their names. */
export function writeCvat(input: ExportSource, options: CvatExportOptions): ExportResult {
  const plan = planExport('cvat', input);
  const images = takeListed(plan, options.unseen);
  plan.report.countImages(images.length);
  for (const { id } of images) plan.report.countBoxes(plan.boxesOf.count(id));
  const names = nameImages(images);
  const manifest = createManifest(input, {
    format: 'cvat',
    coordinates: options.coordinates,
    classIds: new Map(input.classes.map(({ id, name }) => [id, name])),
    imageIds: names,
  });
  return {
    files: drawFiles(input, plan, { images, names, options, manifest }),
    report: plan.report.build(),
    copies: images.map(({ id, path }) => ({ imageId: id, path: `images/${names.get(id) ?? path}` })),
  };
}

/** The name of each image, which is its path but for signs that no XML can hold; two that would then be one get a number. */
function nameImages(images: readonly ImageRecord[]): Map<string, string> {
  const taken = new Set(images.map(({ path }) => path));
  const names = new Map<string, string>();
  for (const { id, path } of images) {
    const plain = toXmlText(path);
    let name = plain;
    if (plain !== path) for (let n = 2; taken.has(name); n++) name = addNumber(plain, n);
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

function addNumber(path: string, n: number): string {
  const stem = stripExtension(path);
  return `${stem}-${n}${path.slice(stem.length)}`;
}

interface Draft {
  readonly images: readonly ImageRecord[];
  readonly names: ReadonlyMap<string, string>;
  readonly options: CvatExportOptions;
  readonly manifest: OutputFile;
}

async function* drawFiles(
  input: ExportSource,
  plan: ExportPlan,
  { images, names, options, manifest }: Draft,
): AsyncGenerator<OutputFile> {
  const nameOf = new Map(input.classes.map(({ id, name }) => [id, name]));
  // Encoded image by image: one string of all would double what is held.
  const parts = [encodeText(drawHead(input, images, plan))];
  for (const [n, image] of images.entries()) {
    const boxes = (plan.boxesOf.get(image.id) ?? []).map((box) =>
      drawBox(box, image, nameOf.get(box.classId) ?? '', options),
    );
    parts.push(
      encodeText(
        drawImage(n, names.get(image.id) ?? image.path, toExportSize(image, options.coordinates), boxes),
      ),
    );
  }
  parts.push(encodeText('</annotations>\n'));
  yield { path: 'annotations.xml', bytes: joinBytes(parts) };
  yield manifest;
}

function drawHead(input: ExportSource, images: readonly ImageRecord[], { boxesOf }: ExportPlan): string {
  const keys = listAttributes(images.flatMap(({ id }) => boxesOf.get(id) ?? []));
  const time = new Date(input.nowMs).toISOString().replace('T', ' ').replace('Z', '+00:00');
  return `<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <id>1</id>
      <name>${escapeXml(input.projectName)}</name>
      <size>${images.length}</size>
      <mode>annotation</mode>
      <overlap>0</overlap>
      <created>${time}</created>
      <updated>${time}</updated>
      <labels>
${input.classes.map((record) => drawLabel(record, keys)).join('')}      </labels>
    </task>
    <dumped>${time}</dumped>
  </meta>
`;
}

/** Attributes of each class; CVAT refuses values of attributes that its labels do not declare. */
function listAttributes(boxes: readonly BoxRecord[]): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  for (const { classId, attributes } of boxes) {
    for (const key of Object.keys(attributes)) {
      if (key !== 'occluded') keys.set(classId, (keys.get(classId) ?? new Set()).add(key));
    }
  }
  return keys;
}

function drawLabel({ id, name, color }: ClassRecord, keys: ReadonlyMap<string, ReadonlySet<string>>): string {
  const attributes = [...(keys.get(id) ?? [])].map(
    (key) =>
      `            <attribute>
              <name>${escapeXml(key)}</name>
              <mutable>False</mutable>
              <input_type>text</input_type>
              <default_value></default_value>
              <values></values>
            </attribute>
`,
  );
  return `        <label>
          <name>${escapeXml(name)}</name>
          <color>${escapeXml(color)}</color>
          <type>any</type>
          <attributes>
${attributes.join('')}          </attributes>
        </label>
`;
}

function drawImage(id: number, name: string, { widthPx, heightPx }: Size, boxes: readonly string[]): string {
  return `  <image id="${id}" name="${escapeXml(name)}" width="${widthPx}" height="${heightPx}">
${boxes.join('')}  </image>
`;
}

function drawBox(
  box: BoxRecord,
  image: ImageRecord,
  name: string,
  { coordinates }: CvatExportOptions,
): string {
  const { x, y, w, h } = toExportBox(clipBox(box, image) ?? box, image, coordinates);
  // Not rounded to nothing: the two ends of a box thinner than a hundredth of a pixel move apart.
  const [left, top] = [Math.floor(x * 100) / 100, Math.floor(y * 100) / 100];
  const [right, bottom] = [Math.ceil((x + w) * 100) / 100, Math.ceil((y + h) * 100) / 100];
  const corner = (value: number): string => value.toFixed(2);
  const occluded = box.attributes.occluded === true ? 1 : 0;
  const attributes = Object.entries(box.attributes)
    .filter(([key]) => key !== 'occluded')
    .map(
      ([key, value]) => `      <attribute name="${escapeXml(key)}">${escapeXml(String(value))}</attribute>\n`,
    );
  return `    <box label="${escapeXml(name)}" source="${box.source === 'model' ? 'auto' : 'manual'}" occluded="${occluded}" xtl="${corner(left)}" ytl="${corner(top)}" xbr="${corner(right)}" ybr="${corner(bottom)}" z_order="${Math.trunc(box.z ?? 0)}">
${attributes.join('')}    </box>
`;
}
