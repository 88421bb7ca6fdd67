/** Reads what an audit wants to know of a photograph from its file: one decode, a few small pictures of it, camera and tables. */
import { readFile } from 'node:fs/promises';
import exifReader from 'exif-reader';
import sharp from 'sharp';
import { cellSide, type ImageFacts } from '../../../core/audit/image-facts.ts';
import { computePerceptualHash, formatHash, hashSidePx } from '../../../core/audit/perceptual-hash.ts';
import { hashText } from '../../../core/random.ts';
import { maxImagePixels } from '../scan/read-image-facts.ts';

/** Longest side of the picture that everything is measured on. */
const sidePx = 512;

/** Throws what the image library throws when the file cannot be decoded. */
export async function readFileFacts(file: string): Promise<ImageFacts> {
  const bytes = await readFile(file);
  const options = { failOn: 'none', limitInputPixels: maxImagePixels, sequentialRead: true } as const;
  const [{ exif }, { data, info }] = await Promise.all([
    sharp(bytes, options).metadata(),
    sharp(bytes, options)
      .rotate()
      .resize({ width: sidePx, height: sidePx, fit: 'inside' })
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true }),
  ]);
  return measure(
    { data, width: info.width, height: info.height, channels: info.channels },
    {
      camera: readCamera(exif),
      tables: readTables(bytes),
    },
  );
}

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

function measure(pixels: Pixels, names: Pick<ImageFacts, 'camera' | 'tables'>): ImageFacts {
  const grey = toGrey(pixels);
  const { mean, deviation } = spreadOf(grey);
  return {
    ...names,
    hash: formatHash(computePerceptualHash(shrink(pixels, hashSidePx, 'grey'))),
    cells: Buffer.from(shrink(pixels, cellSide, 'colour').map(Math.round)).toString('base64'),
    border: measureBorder(pixels),
    meanGrey: mean,
    greyDeviation: deviation,
    sharpness: measureSharpness(grey, pixels.width, pixels.height),
  };
}

function toGrey({ data, width, height, channels }: Pixels): Float32Array {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    const red = data[at] as number;
    // Rec. 601, as JPEG's own luma; pictures of one channel are grey already.
    grey[i] =
      channels < 3 ? red : 0.299 * red + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  }
  return grey;
}

function spreadOf(values: Float32Array): { mean: number; deviation: number } {
  let [sum, square] = [0, 0];
  for (const value of values) {
    sum += value;
    square += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, square / values.length - mean * mean)) };
}

/** Mean of each of side × side cells that cover the whole picture, whatever its shape: one number a cell, or R G B. */
function shrink({ data, width, height, channels }: Pixels, side: number, as: 'grey' | 'colour'): number[] {
  const out: number[] = [];
  for (let row = 0; row < side; row++) {
    const [top, bottom] = spanOf(row, side, height);
    for (let column = 0; column < side; column++) {
      const [left, right] = spanOf(column, side, width);
      const sums = [0, 0, 0];
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++)
          for (let c = 0; c < 3; c++)
            sums[c] =
              (sums[c] ?? 0) + (data[(y * width + x) * channels + Math.min(c, channels - 1)] as number);
      const [r = 0, g = 0, b = 0] = sums.map((sum) => sum / ((bottom - top) * (right - left)));
      if (as === 'grey') out.push(0.299 * r + 0.587 * g + 0.114 * b);
      else out.push(r, g, b);
    }
  }
  return out;
}

/** The pixels of a cell, at least one. */
function spanOf(cell: number, cells: number, length: number): [number, number] {
  const from = Math.min(length - 1, Math.floor((cell * length) / cells));
  return [from, Math.max(from + 1, Math.floor(((cell + 1) * length) / cells))];
}

/** Mean and deviation of R, G and B along the top, right, bottom and left edge, a sixteenth of the side deep. */
function measureBorder({ data, width, height, channels }: Pixels): number[] {
  const [deepX, deepY] = [Math.max(1, Math.round(width / 16)), Math.max(1, Math.round(height / 16))];
  const edges = [
    [0, 0, width, deepY],
    [width - deepX, 0, width, height],
    [0, height - deepY, width, height],
    [0, 0, deepX, height],
  ];
  return edges.flatMap(([left = 0, top = 0, right = 0, bottom = 0]) =>
    [0, 1, 2].flatMap((c) => {
      let [sum, square, n] = [0, 0, 0];
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) {
          const value = data[(y * width + x) * channels + Math.min(c, channels - 1)] as number;
          sum += value;
          square += value * value;
          n++;
        }
      const mean = sum / n;
      return [mean, Math.sqrt(Math.max(0, square / n - mean * mean))];
    }),
  );
}

/** Deviation of the Laplacian (Pech-Pacheco et al. 2000): small where nothing has an edge. */
function measureSharpness(grey: Float32Array, width: number, height: number): number {
  if (width < 3 || height < 3) return 0;
  let [sum, square, n] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value =
        4 * (grey[at] as number) -
        (grey[at - 1] as number) -
        (grey[at + 1] as number) -
        (grey[at - width] as number) -
        (grey[at + width] as number);
      sum += value;
      square += value * value;
      n++;
    }
  const mean = sum / n;
  return Math.sqrt(Math.max(0, square / n - mean * mean));
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
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const found: string[] = [];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (marker === 0xda || length < 2) break;
    if (marker === 0xdb) found.push(Buffer.from(bytes.subarray(at + 4, at + 2 + length)).toString('latin1'));
    at += 2 + length;
  }
  return found.length === 0 ? null : hashText(found.join('')).toString(16).padStart(8, '0');
}
