/** Reads what an audit wants to know of a photograph from its file: one decode at a small size, camera and tables. */
import { readFile } from 'node:fs/promises';
import exifReader from 'exif-reader';
import sharp from 'sharp';
import { factsSidePx, type ImageFacts } from '../../../core/audit/image-facts.ts';
import { hashText } from '../../../core/random.ts';
import { maxImagePixels } from '../scan/read-image-facts.ts';
import { measurePixels } from './measure-pixels.ts';

/** JPEGs are decoded at half their size or less where that suffices. Throws what the image library throws when the file cannot be decoded. */
export async function readFileFacts(file: string): Promise<ImageFacts> {
  const bytes = await readFile(file);
  const options = { failOn: 'none', limitInputPixels: maxImagePixels, sequentialRead: true } as const;
  // What is measured are means over many pixels, and a sharpness that only stands beside others: the triangle filter does, for a tenth less time.
  const small = sharp(bytes, options)
    .rotate()
    .resize({ width: factsSidePx, height: factsSidePx, fit: 'inside', kernel: 'linear' })
    .toColourspace('srgb');
  // No JPEG is transparent.
  const opaque = isJpeg(bytes) ? small : small.flatten({ background: '#808080' }).removeAlpha();
  const { data, info } = await opaque.raw().toBuffer({ resolveWithObject: true });
  // A JPEG's header is in hand; other files are opened once more for it.
  const exif = isJpeg(bytes) ? findJpegExif(bytes) : (await sharp(bytes, options).metadata()).exif;
  return {
    sidePx: factsSidePx,
    camera: readCamera(exif),
    tables: readTables(bytes),
    ...measurePixels({ data, width: info.width, height: info.height, channels: info.channels }),
  };
}

/** Maker, model and serial number; null where the camera says none of them or the block is damaged. */
export function readCamera(exif: Buffer | undefined): string | null {
  if (exif === undefined) return null;
  try {
    const { Image: image, Photo: photo } = exifReader(exif);
    const parts = [image?.Make, image?.Model, photo?.BodySerialNumber]
      .map((part) => (typeof part === 'string' ? part.replaceAll('\0', '').trim() : ''))
      .filter((part) => part !== '');
    return parts.length === 0 ? null : parts.join(' ').slice(0, 200);
  } catch {
    // A damaged EXIF block says nothing of the camera; the photograph itself may be whole.
    return null;
  }
}

/**
 * A short name of a JPEG's quantisation tables (ITU T.81, B.2.4.1), the same for the same tables; null for other files and for JPEGs without
 * them before the first scan. Never throws, whatever the bytes.
 */
export function readTables(bytes: Uint8Array): string | null {
  const found = listSegments(bytes).flatMap(({ marker, from, to }) =>
    marker === quantisationTables ? Buffer.from(bytes.subarray(from, to)).toString('latin1') : [],
  );
  return found.length === 0 ? null : hashText(found.join('')).toString(16).padStart(8, '0');
}

/** The EXIF block of a JPEG; undefined where there is none before the first scan. Never throws, whatever the bytes. */
export function findJpegExif(bytes: Uint8Array): Buffer | undefined {
  const exif = listSegments(bytes)
    .filter(({ marker }) => marker === application1)
    .map(({ from, to }) => Buffer.from(bytes.subarray(from, to)))
    .find((block) => block.subarray(0, exifName.length).equals(exifName));
  return exif;
}

const quantisationTables = 0xdb;
const application1 = 0xe1;
const startOfScan = 0xda;
const exifName = Buffer.from('Exif\0\0', 'latin1');

const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/** The segments of a JPEG before its first scan: where the content of each begins and ends. */
function listSegments(bytes: Uint8Array): { marker: number; from: number; to: number }[] {
  const segments: { marker: number; from: number; to: number }[] = [];
  if (!isJpeg(bytes)) return segments;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (marker === startOfScan || length < 2) break;
    segments.push({ marker, from: at + 4, to: at + 2 + length });
    at += 2 + length;
  }
  return segments;
}
