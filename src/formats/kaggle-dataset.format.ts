/** A Kaggle data set, ready for its command line: labels in the chosen formats, metadata, data card, photographs, cover and checksums. */
import { AppError } from '../core/errors.ts';
import { cocoFormat } from './coco.format.ts';
import { csvFormat } from './csv.format.ts';
import { cvatFormat } from './cvat.format.ts';
import { defineFormat } from './define-format.ts';
import { detectFormat } from './detect.ts';
import type {
  Detection,
  ExportResult,
  ExportSource,
  FileTree,
  Format,
  ImportedRecords,
  OutputFile,
} from './format.ts';
import { baseName, type ImageLookup } from './image-lookup.ts';
import {
  chooseTitle,
  type DatasetResource,
  drawCard,
  drawMetadata,
  NO_OWNER,
} from './kaggle-dataset.card.ts';
import { type KaggleDatasetOptions, kaggleDatasetOptions } from './kaggle-dataset.options.ts';
import { labelStudioFormat } from './label-studio.format.ts';
import { labelmeFormat } from './labelme.format.ts';
import { MANIFEST_NAME } from './manifest.ts';
import { megadetectorFormat } from './megadetector.format.ts';
import { encodeText, readStart } from './text.ts';
import { viameFormat } from './viame.format.ts';
import { vocFormat } from './voc.format.ts';
import { vottFormat } from './vott.format.ts';
import { yoloFormat } from './yolo.format.ts';

const METADATA_NAME = 'dataset-metadata.json';
/** Formats of one file lie flat, since Kaggle's client passes over folders; the others become an archive each. */
const flat: readonly Format[] = [
  cocoFormat,
  csvFormat,
  cvatFormat,
  labelStudioFormat,
  viameFormat,
  megadetectorFormat,
  vottFormat,
];
const foldered: readonly Format[] = [yoloFormat, vocFormat, labelmeFormat];
const inner: readonly Format[] = [...flat, ...foldered];

export const kaggleDatasetFormat = defineFormat({
  id: 'kaggle-dataset',
  title: 'Kaggle data set',
  description:
    'A folder that `kaggle datasets create` uploads: labels, data card, metadata, photographs and checksums.',
  extensions: [METADATA_NAME],
  options: kaggleDatasetOptions,
  loses: [
    'What the formats chosen for the labels cannot say, which the manifest beside them does.',
    'Who drew a box is told in the data card as numbers only.',
  ],
  precisionPx: 1e-6,
  detect: detectDataset,
  read: readDataset,
  write: writeDataset,
});

async function detectDataset(files: FileTree): Promise<Detection> {
  for await (const file of files.list()) {
    if (baseName(file.path) !== METADATA_NAME) continue;
    const text = await readStart(file);
    if (text.includes('"licenses"') && text.includes('"resources"'))
      return { confidence: 0.98, reason: `“${file.path}” describes a Kaggle data set` };
  }
  return { confidence: 0, reason: `no \`${METADATA_NAME}\`` };
}

/** The labels of the folder that holds the metadata, in whichever format they are. */
async function readDataset(files: FileTree, lookup: ImageLookup): Promise<ImportedRecords> {
  const labels: FileTree = {
    list: async function* () {
      for await (const file of files.list()) if (baseName(file.path) !== METADATA_NAME) yield file;
    },
  };
  const { format } = await detectFormat(labels, inner);
  const records = await format.read(labels, lookup);
  const note = `The labels of the data set were read as ${format.title}.`;
  const { classes, imageList, boxList } = records;
  return {
    classes,
    imageList,
    boxList,
    // Not spread: they are made only when somebody asks.
    get images() {
      return records.images;
    },
    get boxes() {
      return records.boxes;
    },
    report: { ...records.report, format: 'kaggle-dataset', notes: [note, ...records.report.notes] },
  };
}

function writeDataset(input: ExportSource, options: KaggleDatasetOptions): ExportResult {
  const formats = chooseFormats(options.labels);
  const results = formats.map((format) => ({ format, result: format.write(inputOf(format, input)) }));
  const [first] = results;
  if (first === undefined) throw refuseFormat(options.labels);
  const title = chooseTitle(input.projectName, options.title);
  const archives = formats.filter((format) => foldered.includes(format)).map(({ id }) => `${id}/`);
  const resources = [
    ...formats.map(toResource),
    ...(options.images === 'zip'
      ? [{ path: 'images.zip', description: 'The photographs, unchanged, in their folders' }]
      : []),
    {
      path: MANIFEST_NAME,
      description: 'States, splits, groups and content hashes of the photographs; numbers of the classes',
    },
  ];
  const card = drawCard(input, title, resources);
  const metadata = drawMetadata(input, options, card, resources);
  const drawFiles = async function* (): AsyncGenerator<OutputFile> {
    yield { path: METADATA_NAME, bytes: encodeText(`${JSON.stringify(metadata, null, 2)}\n`) };
    yield { path: 'README.md', bytes: encodeText(card) };
    // One manifest for all at the root: that of the format which our own import reads; archives have one each beside it.
    const leading = formats.find((one) => flat.includes(one)) ?? formats[0];
    for (const { format, result } of results) {
      for await (const file of result.files) {
        const isManifest = file.path === MANIFEST_NAME;
        if (!flat.includes(format)) yield { ...file, path: `${format.id}/${file.path}` };
        if (isManifest ? format === leading : flat.includes(format)) yield file;
      }
    }
  };
  const { report } = first.result;
  const notes = results.flatMap(({ format, result }) =>
    [...format.loses, ...result.report.notes].map((note) => `${format.title}: ${note}`),
  );
  const owner =
    options.owner === ''
      ? [`Put your Kaggle name for ${NO_OWNER} into \`${METADATA_NAME}\` before you upload.`]
      : [];
  return {
    files: drawFiles(),
    report: { ...report, format: 'kaggle-dataset', notes: [...owner, ...notes] },
    copies: input.images.map(({ id, path }) => ({ imageId: id, path })),
    packing: {
      archives,
      images: options.images === 'zip' ? 'images.zip' : null,
      cover: 'dataset-cover-image.jpg',
      checksums: 'SHA256SUMS.txt',
    },
  };
}

/** Each format goes on from the numbers of its own earlier exports; the manifest at the root is that of a flat one. */
function inputOf(format: Format, { previousManifest, ...input }: ExportSource): ExportSource {
  const own = input.previousManifests?.[format.id] ?? (flat.includes(format) ? previousManifest : undefined);
  return own === undefined ? input : { ...input, previousManifest: own };
}

function chooseFormats(labels: string): Format[] {
  const ids = [...new Set(labels.split(',').map((id) => id.trim()))];
  return ids.map((id) => {
    const format = inner.find((one) => one.id === id);
    if (format === undefined) throw refuseFormat(id);
    return format;
  });
}

function refuseFormat(id: string): AppError {
  return new AppError({
    code: 'format/options',
    message: `“${id}” is no format that a Kaggle data set can hold its labels in, so nothing was written.`,
    hint: `Choose among: ${inner.map((format) => format.id).join(', ')}.`,
    details: { format: id },
  });
}

/** File names are those the formats write. */
const mainFiles: Readonly<Record<string, string>> = {
  coco: 'annotations.json',
  csv: 'labels.csv',
  cvat: 'annotations.xml',
  'label-studio': 'tasks.json',
  viame: 'annotations.viame.csv',
  megadetector: 'megadetector.json',
  vott: 'vott-export.json',
};

const tableFields: DatasetResource['fields'] = [
  { name: 'filename', title: 'Path of the photograph', type: 'string' },
  { name: 'image_width', title: 'Width of the photograph in pixels, as seen', type: 'numeric' },
  { name: 'image_height', title: 'Height of the photograph in pixels, as seen', type: 'numeric' },
  { name: 'class', title: 'Class; empty for a photograph without fish', type: 'string' },
  { name: 'xmin', title: 'Left edge in pixels', type: 'numeric' },
  { name: 'ymin', title: 'Top edge in pixels', type: 'numeric' },
  { name: 'xmax', title: 'Right edge in pixels', type: 'numeric' },
  { name: 'ymax', title: 'Bottom edge in pixels', type: 'numeric' },
  { name: 'score', title: 'Score of the suggestion that a person accepted', type: 'numeric' },
  { name: 'split', title: 'train, valid or test', type: 'string' },
];

function toResource(format: Format): DatasetResource {
  const path = mainFiles[format.id] ?? `${format.id}.zip`;
  const description = `Labels as ${format.title}`;
  return format.id === 'csv' ? { path, description, fields: tableFields } : { path, description };
}
