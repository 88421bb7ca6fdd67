/** What a Kaggle data set says of itself: its metadata, valid by the rules of Kaggle's client, and the data card. */
import { type BoxAuthor, findAuthor } from '../core/box-authors.ts';
import type { BoxRecord } from '../core/records.ts';
import type { ExportSource } from './format.ts';
import { countSigns, type KaggleDatasetOptions } from './kaggle-dataset.options.ts';

const TITLE = { least: 6, most: 50 };
const SLUG = { least: 6, most: 50 };
/** Stands where a Kaggle name must be put in, as in the client's own template. */
export const NO_OWNER = 'INSERT_OWNER_HERE';

export interface DatasetResource {
  readonly path: string;
  readonly description: string;
  /** All columns in order, for tables. */
  readonly fields?:
    | readonly {
        readonly name: string;
        readonly title: string;
        readonly type: 'string' | 'numeric';
      }[]
    | undefined;
}

/** The content of `dataset-metadata.json`: title 6–50, subtitle 20–80 or none, id `owner/slug`, one licence, every column of a table. */
export function drawMetadata(
  input: ExportSource,
  options: KaggleDatasetOptions,
  description: string,
  resources: readonly DatasetResource[],
): object {
  const title = chooseTitle(input.projectName, options.title);
  const keywords = options.keywords.split(',').map((word) => word.trim());
  return {
    title,
    ...(options.subtitle === '' ? {} : { subtitle: options.subtitle }),
    description,
    id: `${options.owner === '' ? NO_OWNER : options.owner}/${options.slug === '' ? toSlug(title) : options.slug}`,
    licenses: [{ name: options.licence }],
    keywords: [...new Set(keywords.filter((word) => word !== ''))],
    resources: resources.map(({ path, description: text, fields }) => ({
      path,
      description: text,
      ...(fields === undefined ? {} : { schema: { fields } }),
    })),
  };
}

/** The title given, or the project's name made to fit. */
export function chooseTitle(projectName: string, given: string): string {
  if (given !== '') return given;
  const name = projectName.trim();
  const fit = countSigns(name) >= TITLE.least ? name : `Labels of ${name || 'a project'}`;
  return [...fit].slice(0, TITLE.most).join('').trim();
}

/** Small letters, digits and hyphens, 6 to 50 of them. */
export function toSlug(title: string): string {
  const slug = title
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG.most)
    .replaceAll(/^-+|-+$/g, '');
  return slug.length >= SLUG.least ? slug : `catchlight-${slug || 'labels'}`;
}

/** The data card: what is in it, how it came to be, how it is divided, who made the boxes. Markdown. */
export function drawCard(input: ExportSource, title: string, files: readonly DatasetResource[]): string {
  const { images, classes } = input;
  const boxes = Array.from(input.boxes);
  const count = <T>(list: readonly T[], fits: (item: T) => boolean): number => list.filter(fits).length;
  const imagesOf = new Map(images.map((image) => [image.id, image]));
  const perClass = classes.map(({ id, name, scientificName }) => {
    const own = boxes.filter(({ classId }) => classId === id);
    return `| ${cell(name)} | ${cell(scientificName ?? '')} | ${own.length} | ${new Set(own.map(({ imageId }) => imageId)).size} |`;
  });
  const splits = [...Map.groupBy(images, ({ split }) => split ?? 'none')].map(([split, list]) => {
    const ids = new Set(list.map(({ id }) => id));
    const groups = new Set(list.map(({ group }) => group).filter((group) => group !== null));
    return `| ${split} | ${list.length} | ${count(boxes, ({ imageId }) => ids.has(imageId))} | ${groups.size} |`;
  });
  const groups = new Set(images.map(({ group }) => group).filter((group) => group !== null));
  const turned = count(images, ({ orientation }) => orientation > 1);
  return `# ${title}

## What is in it

| file | what it is |
|---|---|
${files.map(({ path, description }) => `| \`${path}\` | ${cell(description)} |`).join('\n')}

${images.length} photographs, ${boxes.length} boxes, ${classes.length} classes. ${count(images, ({ state }) => state === 'reviewed')} photographs were declared complete,
${count(images, ({ id, state }) => state === 'labelled' && imagesOf.has(id))} have boxes without that, ${count(images, ({ state }) => state === 'empty')} were looked at and hold no fish, ${count(images, ({ state }) => state === 'unseen')} nobody has looked at.

| class | scientific name | boxes | photographs |
|---|---|---|---|
${perClass.join('\n')}

## How it is divided

| split | photographs | boxes | groups |
|---|---|---|---|
${splits.join('\n')}

${groups.size === 0 ? 'Photographs have no groups (cameras, boats), so near copies may be on both sides of a split.' : `Photographs come in ${groups.size} groups (cameras or boats). Judge a model on groups that it has not seen.`}

## How it was made

${drawMaking(input, boxes)}

## Who made the boxes

| by | boxes |
|---|---|
${drawAuthors(input, boxes)}

## How to read it

Boxes are floats in pixels of the photograph as seen, counted from the upper left corner, edges continuous: the first pixel spans 0 to 1.${turned === 0 ? '' : ` ${turned} photographs carry an EXIF orientation: turn them before you draw the boxes.`}
\`catchlight-manifest.json\` tells photographs without fish from those nobody has looked at, and holds splits, groups and content hashes. \`SHA256SUMS.txt\` is checked by \`sha256sum -c\`.

Labelled with Catchlight.
`;
}

const authorNames: Readonly<Record<BoxAuthor, string>> = {
  person: 'a person',
  model: 'a model; a person took its suggestion as it was',
  'model-and-person': 'a model and a person, who changed its suggestion',
  'model-unknown': 'a model; whether a person changed its suggestion is not on record any more',
  import: 'another tool, imported',
};

/** How many boxes are by whom. The last but one is named only where there are any. */
function drawAuthors(input: ExportSource, boxes: readonly BoxRecord[]): string {
  const taken = Map.groupBy(input.takenSuggestions?.() ?? [], ({ boxId }) => boxId);
  const sizes = new Map(input.images.map((image) => [image.id, image]));
  const counts = { person: 0, model: 0, 'model-and-person': 0, 'model-unknown': 0, import: 0 };
  for (const box of boxes) {
    const size = sizes.get(box.imageId) ?? { widthPx: 0, heightPx: 0 };
    counts[findAuthor(box, taken.get(box.id) ?? [], size)]++;
  }
  return (Object.keys(counts) as BoxAuthor[])
    .filter((author) => author !== 'model-unknown' || counts[author] > 0)
    .map((author) => `| ${authorNames[author]} | ${counts[author]} |`)
    .join('\n');
}

/** By what means and until when: the models whose suggestions were taken, by name. */
function drawMaking({ models, nowMs }: ExportSource, boxes: readonly BoxRecord[]): string {
  const perModel = new Map<string, number>();
  for (const { source, modelId } of boxes)
    if (source === 'model' && modelId !== null) perModel.set(modelId, (perModel.get(modelId) ?? 0) + 1);
  const named = [...perModel].map(([id, n]) => {
    const model = models?.find((one) => one.id === id);
    return `${model === undefined ? 'a model that has been deleted' : `“${cell(model.name)}” (${model.recipe})`}: ${n}`;
  });
  const suggested =
    named.length === 0
      ? 'No box is a model’s suggestion.'
      : `Of the boxes that a model suggested, each was taken by a person. By model: ${named.join(', ')}.`;
  return `Photographs were labelled in Catchlight and exported on ${new Date(nowMs).toISOString().slice(0, 10)}. ${suggested}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/[\r\n]+/g, ' ');
