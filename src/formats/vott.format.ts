/** VoTT JSON: the export of Microsoft's retired tool, and the files it keeps for each asset. */
import { z } from 'zod';
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import { defineFormat } from './define-format.ts';
import { planExport, takeListed } from './export-plan.ts';
import type {
  Detection,
  ExportResult,
  ExportSource,
  FileTree,
  ImportedRecords,
  OutputFile,
} from './format.ts';
import { baseName, dirName, type ImageLookup } from './image-lookup.ts';
import { type BoxDraft, ImportBuilder } from './import-builder.ts';
import { loadJsonFiles } from './json-files.ts';
import { createManifest, findManifest } from './manifest.ts';
import { exportCoordinates, exportUnseen, importCoordinates } from './option-parts.ts';
import { toExportBox, toExportSize } from './orientation.ts';
import type { ReportBuilder } from './report.ts';
import { boundPoints, importEntries, type SourceEntry, type SourceFault } from './source-entries.ts';
import { encodeText, hasExtension, isObject, own, readStart, toFinite } from './text.ts';

const exportOptions = z.object({ coordinates: exportCoordinates, unseen: exportUnseen });
const importOptions = z.object({ coordinates: importCoordinates });

/** VoTT's own numbers for what became of an asset. */
const stateCodes = { notVisited: 0, visited: 1, tagged: 2 } as const;

export const vottFormat = defineFormat({
  id: 'vott',
  title: 'VoTT JSON',
  description:
    'One JSON with assets, tags and regions in pixels, as the Visual Object Tagging Tool exports it.',
  extensions: ['.json'],
  options: exportOptions,
  importOptions,
  loses: [
    'Scores, head and tail points, attributes, and who drew a box are not written.',
    'Whether an image was declared complete, splits and groups are only in the manifest.',
  ],
  precisionPx: 1e-6,
  detect: detectVott,
  read: readVott,
  write: writeVott,
});

async function detectVott(files: FileTree): Promise<Detection> {
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.json')) continue;
    const text = await readStart(file, 1_000_000);
    if (text.startsWith('{') && /"assets?"\s*:\s*\{/.test(text) && text.includes('"regions"'))
      return { confidence: 0.95, reason: `“${file.path}” has assets with regions` };
  }
  return { confidence: 0, reason: 'no JSON with “assets” and “regions”' };
}

async function readVott(
  files: FileTree,
  lookup: ImageLookup,
  options: z.infer<typeof importOptions>,
): Promise<ImportedRecords> {
  const builder = new ImportBuilder('vott', lookup);
  const manifest = await findManifest(files);
  const sources = await loadJsonFiles(files, builder.report, {
    accepts: (json) =>
      isObject(own(json, 'assets')) || (isObject(own(json, 'asset')) && Array.isArray(own(json, 'regions'))),
    what: 'JSON of VoTT with assets',
    hint: 'Export from VoTT as “VoTT JSON”, and point at that file or its folder.',
  });
  for (const { json } of sources) {
    const tags = own(json, 'tags');
    for (const tag of Array.isArray(tags) ? (tags as unknown[]) : []) {
      const name = own(tag, 'name');
      if (typeof name === 'string' && name.trim() !== '') builder.classes.register(name);
    }
  }
  builder.registerClasses(manifest);
  const entries = sources.flatMap(({ path, json }) => {
    const assets = own(json, 'assets');
    const list = isObject(assets) ? Object.values(assets) : [json];
    return list.map((asset, n) => toEntry(asset, path, n, builder.report));
  });
  importEntries(entries, { builder, lookup, manifest, coordinates: options.coordinates });
  return builder.finish(manifest);
}

function toEntry(entry: unknown, path: string, n: number, report: ReportBuilder): SourceEntry {
  const asset = own(entry, 'asset');
  const size = own(asset, 'size');
  const name = textOf(own(asset, 'name'));
  const full = decodePath(textOf(own(asset, 'path')));
  const boxes: BoxDraft[] = [];
  const faults: SourceFault[] = [];
  const regions = own(entry, 'regions');
  for (const [i, region] of (Array.isArray(regions) ? (regions as unknown[]) : []).entries()) {
    const where = `${name || `asset ${n + 1}`} region ${i + 1}`;
    const tags = own(region, 'tags');
    const [className, ...others] = (Array.isArray(tags) ? (tags as unknown[]) : []).filter(
      (tag): tag is string => typeof tag === 'string' && tag.trim() !== '',
    );
    if (className === undefined) faults.push({ where, why: 'it has no tag' });
    else
      boxes.push({
        className,
        box: boxOf(region, report),
        attributes: others.length === 0 ? {} : { tags: others.join(', ') },
        where,
      });
  }
  const state = toFinite(own(asset, 'state'));
  return {
    // VoTT's path names the machine it ran on; its end may still tell two folders apart.
    references: [...(full === '' ? [] : [full]), ...(name === '' ? [] : [`${dirName(path)}/${name}`, name])],
    key: textOf(own(asset, 'id')),
    what: name || `asset ${n + 1} of ${path}`,
    widthPx: Math.max(0, toFinite(own(size, 'width')) ?? 0),
    heightPx: Math.max(0, toFinite(own(size, 'height')) ?? 0),
    mark: { state: state === stateCodes.notVisited ? null : 'empty-if-no-boxes', split: null },
    boxes,
    faults,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\\', '/') : '';
}

/** `file:C:/reef/a%20b.jpg` as a path. */
function decodePath(path: string): string {
  const bare = path.replace(/^file:\/*/i, '/').replace(/^[a-z][a-z0-9+.-]+:\/\/[^/]*\//i, '');
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

/** `boundingBox`, else what encloses the points. Parts may be NaN: the builder says so. */
function boxOf(region: unknown, report: ReportBuilder): BoxDraft['box'] {
  const kind = textOf(own(region, 'type'));
  if (kind !== '' && kind !== 'RECTANGLE' && kind !== 'SQUARE')
    report.tally('outline', (n) => `${n} outlines were reduced to their boxes.`);
  const given = own(region, 'boundingBox');
  const part = (key: string): number => toFinite(own(given, key)) ?? Number.NaN;
  if (isObject(given)) return { x: part('left'), y: part('top'), w: part('width'), h: part('height') };
  const points = own(region, 'points');
  const list = (Array.isArray(points) ? (points as unknown[]) : []).map((point) => ({
    x: toFinite(own(point, 'x')) ?? Number.NaN,
    y: toFinite(own(point, 'y')) ?? Number.NaN,
  }));
  return boundPoints(list) ?? { x: Number.NaN, y: Number.NaN, w: Number.NaN, h: Number.NaN };
}

function writeVott(input: ExportSource, options: z.infer<typeof exportOptions>): ExportResult {
  const plan = planExport('vott', input);
  const images = options.unseen === 'write' ? plan.images : takeListed(plan, options.unseen);
  plan.report.countImages(images.length);
  for (const { id } of images) plan.report.countBoxes(plan.boxesOf.count(id));
  const nameOf = new Map(input.classes.map(({ id, name }) => [id, name]));
  const manifest = createManifest(input, {
    format: 'vott',
    coordinates: options.coordinates,
    classIds: nameOf,
    imageIds: new Map(images.map(({ id }) => [id, id])),
  });
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    const json = {
      name: input.projectName,
      version: '2.2.0',
      tags: input.classes.map(({ name, color }) => ({ name, color })),
      assets: Object.fromEntries(
        images.map((image): [string, object] => [
          image.id,
          drawAsset(image, plan.boxesOf.get(image.id) ?? [], nameOf, options.coordinates),
        ]),
      ),
    };
    yield { path: 'vott-export.json', bytes: encodeText(`${JSON.stringify(json)}\n`) };
    yield manifest;
  };
  return {
    files: drawFiles(),
    report: plan.report.build(),
    copies: images.map(({ id, path }) => ({ imageId: id, path })),
  };
}

function drawAsset(
  image: ImageRecord,
  boxes: readonly BoxRecord[],
  nameOf: ReadonlyMap<string, string>,
  coordinates: 'upright' | 'raw',
): object {
  const { widthPx, heightPx } = toExportSize(image, coordinates);
  const looked = image.state === 'unseen' ? stateCodes.notVisited : stateCodes.visited;
  return {
    asset: {
      format: baseName(image.path).split('.').at(-1)?.toLowerCase() ?? '',
      id: image.id,
      name: baseName(image.path),
      path: `file:${image.path.split('/').map(encodeURIComponent).join('/')}`,
      size: { width: widthPx, height: heightPx },
      state: boxes.length > 0 ? stateCodes.tagged : looked,
      type: 1,
    },
    regions: boxes.map((box) => {
      const { x, y, w, h } = toExportBox(box, image, coordinates);
      const corners = [
        [x, y],
        [x + w, y],
        [x + w, y + h],
        [x, y + h],
      ];
      return {
        id: box.id,
        type: 'RECTANGLE',
        tags: [nameOf.get(box.classId) ?? ''],
        boundingBox: { left: x, top: y, width: w, height: h },
        points: corners.map(([px, py]) => ({ x: px, y: py })),
      };
    }),
    version: '2.2.0',
  };
}
