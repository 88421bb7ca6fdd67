/** Reads what the project keeps of a photograph: content hash, size, orientation, capture time, and whether the file can be used. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import exifReader from 'exif-reader';
import sharp, { type Metadata } from 'sharp';
import { findTruncation } from './find-truncation.ts';

/** Above this a decoded photograph would take more than a gigabyte of memory; the engine's decoder refuses it too. */
export const maxImagePixels = 250_000_000;
/** Larger files are hashed as a stream and not searched for a torn end. */
const wholeFileBytes = 256 * 1024 * 1024;

export interface ImageFacts {
  readonly hash: string;
  readonly rawWidthPx: number;
  readonly rawHeightPx: number;
  /** EXIF orientation, 1..8. */
  readonly orientation: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly capturedAtMs: number | null;
  /** Code of why it cannot be used: `image/not-an-image`, `image/too-large`, `image/truncated`, `image/unreadable`; else null. */
  readonly problem: string | null;
}

const nothing = {
  rawWidthPx: 0,
  rawHeightPx: 0,
  orientation: 1,
  widthPx: 0,
  heightPx: 0,
  capturedAtMs: null,
};

/** Never throws: a fault of one file is that file's `problem`. */
export async function readImageFacts(file: string): Promise<ImageFacts> {
  let hash = '';
  let bytes: Buffer | undefined;
  try {
    if ((await stat(file)).size <= wholeFileBytes) {
      bytes = await readFile(file);
      hash = createHash('sha256').update(bytes).digest('hex');
    } else {
      hash = await hashStream(file);
    }
  } catch {
    // Permissions, a vanished file, a failing disk: the scan reports it by name.
    return { hash: '', ...nothing, problem: 'image/unreadable' };
  }
  return { hash, ...(await readHeader(bytes ?? file, bytes)) };
}

async function readHeader(
  source: Buffer | string,
  bytes: Buffer | undefined,
): Promise<Omit<ImageFacts, 'hash'>> {
  let metadata: Metadata;
  try {
    metadata = await sharp(source, { limitInputPixels: false, failOn: 'none' }).metadata();
  } catch {
    return { ...nothing, problem: 'image/not-an-image' };
  }
  const { width: rawWidthPx, height: rawHeightPx } = metadata;
  // Drawings, documents and the like can be read by the library, but they are not photographs.
  if (!['jpeg', 'png', 'webp', 'tiff'].includes(metadata.format))
    return { ...nothing, problem: 'image/not-an-image' };
  const orientation =
    metadata.orientation !== undefined && metadata.orientation >= 1 && metadata.orientation <= 8
      ? metadata.orientation
      : 1;
  const turned = orientation >= 5;
  const size = {
    rawWidthPx,
    rawHeightPx,
    orientation,
    widthPx: turned ? rawHeightPx : rawWidthPx,
    heightPx: turned ? rawWidthPx : rawHeightPx,
    capturedAtMs: readCaptureTime(metadata.exif),
  };
  if (rawWidthPx * rawHeightPx > maxImagePixels) return { ...size, problem: 'image/too-large' };
  const torn = bytes !== undefined && findTruncation(bytes);
  return { ...size, problem: torn ? 'image/truncated' : null };
}

/** Channels of the pixels as stored, from the header alone: 1 grey, 3 colour, 4 with transparency or of print. Undefined where it cannot be read. */
export async function findChannels(file: string): Promise<number | undefined> {
  try {
    return (await sharp(file, { limitInputPixels: false, failOn: 'none' }).metadata()).channels;
  } catch {
    // A photograph that is gone or torn: whoever asks has a default.
    return undefined;
  }
}

/** EXIF DateTimeOriginal in the camera's own clock, read as UTC since cameras rarely say their zone. */
function readCaptureTime(exif: Buffer | undefined): number | null {
  if (exif === undefined) return null;
  try {
    const parsed = exifReader(exif);
    const date: unknown = parsed.Photo?.DateTimeOriginal ?? parsed.Image?.DateTime;
    const timeMs = date instanceof Date ? date.getTime() : Number.NaN;
    return Number.isFinite(timeMs) ? timeMs : null;
  } catch {
    // A damaged EXIF block costs the capture time only.
    return null;
  }
}

async function hashStream(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
