/** The drawn sample as a project with all of its labels, a folder a boat, made by the studio's own commands. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import {
  generateSample,
  type SampleBox,
  type SampleImage,
  type SampleManifest,
} from '../src/main/sample/sample.ts';
import { command } from './studio-commands.ts';

export interface DrawnOptions {
  /** Photographs of the project; a multiple of the twelve boats is best. */
  readonly images: number;
  readonly seed: number;
  /** So many drawn pictures beside and below one another make one photograph: 2 makes four, its fish a quarter of the area. */
  readonly tiles: number;
}

/** A photograph of the project before it is written: its pictures, row by row, all of one size. */
interface Sheet {
  readonly fileName: string;
  readonly group: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pictures: readonly SampleImage[];
}

/** Draws photographs into `folder` and makes a project of them there; its path. */
export async function makeDrawnProject(
  folder: string,
  { images, seed, tiles }: DrawnOptions,
): Promise<string> {
  const drawnDir = path.join(folder, 'drawn');
  const sample = await generateSample({ outDir: drawnDir, seed, images: images * tiles * tiles });
  const sheets = layOut(sample, tiles);
  const photographs = path.join(folder, 'photographs');
  for (const sheet of sheets) await writeSheet(sheet, tiles, drawnDir, photographs);
  const labels = path.join(folder, 'labels.json');
  await writeFile(labels, JSON.stringify(toCoco(sample, sheets, tiles)));
  const project = path.join(folder, 'drawn.catchlight');
  await command(['create', project, '--images', photographs, '--labels', labels, '--format', 'coco']);
  return project;
}

/** As many whole photographs as the pictures of each boat give. */
function layOut({ images }: SampleManifest, tiles: number): Sheet[] {
  return [...Map.groupBy(images, ({ group }) => group).values()].flatMap((own) =>
    Array.from({ length: Math.floor(own.length / tiles ** 2) }, (_, i): Sheet => {
      const pictures = own.slice(i * tiles ** 2, (i + 1) * tiles ** 2);
      const { fileName, group, widthPx, heightPx } = pictures[0] as SampleImage;
      return { fileName, group, widthPx: widthPx * tiles, heightPx: heightPx * tiles, pictures };
    }),
  );
}

async function writeSheet(sheet: Sheet, tiles: number, from: string, to: string): Promise<void> {
  await mkdir(path.join(to, sheet.group), { recursive: true });
  const { widthPx: width, heightPx: height, pictures } = sheet;
  await sharp({ create: { width, height, channels: 3, background: '#727272' } })
    .composite(
      pictures.map(({ fileName }, k) => ({
        input: path.join(from, fileName),
        ...placeOf(sheet, k, tiles),
      })),
    )
    .jpeg({ quality: 90 })
    .toFile(path.join(to, sheet.group, sheet.fileName));
}

function placeOf({ widthPx, heightPx }: Sheet, k: number, tiles: number): { left: number; top: number } {
  return { left: ((k % tiles) * widthPx) / tiles, top: (Math.floor(k / tiles) * heightPx) / tiles };
}

/** COCO with the two key points of each fish. */
function toCoco(
  { classes }: SampleManifest,
  sheets: readonly Sheet[],
  tiles: number,
): Record<string, unknown> {
  const toAnnotation = (
    imageId: number,
    { className, box, head, tail }: SampleBox,
    left: number,
    top: number,
  ) => ({
    image_id: imageId,
    category_id: classes.findIndex(({ name }) => name === className),
    bbox: [box.x + left, box.y + top, box.w, box.h],
    area: box.w * box.h,
    iscrowd: 0,
    keypoints: [head.x + left, head.y + top, 2, tail.x + left, tail.y + top, 2],
    num_keypoints: 2,
  });
  return {
    images: sheets.map(({ fileName, group, widthPx, heightPx }, id) => ({
      id,
      file_name: `${group}/${fileName}`,
      width: widthPx,
      height: heightPx,
    })),
    categories: classes.map(({ name }, id) => ({ id, name, keypoints: ['head', 'tail'] })),
    annotations: sheets
      .flatMap((sheet, imageId) =>
        sheet.pictures.flatMap(({ boxes }, k) => {
          const { left, top } = placeOf(sheet, k, tiles);
          return boxes.map((box) => toAnnotation(imageId, box, left, top));
        }),
      )
      .map((annotation, id) => ({ id, ...annotation })),
  };
}
