/** Looks at the first and last bytes of a file that could not be decoded: is it a photograph at all, and is its end there? */
import { open } from 'node:fs/promises';

export interface FileSignature {
  /** Null when the first bytes are of no picture format known here. */
  readonly format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'heif' | 'bmp' | null;
  /** True when the mark that ends such a file is missing. Formats without one are never said to be cut short. */
  readonly cutShort: boolean;
}

/** Cameras append thumbnails and notes behind the picture; its end mark lies within these last bytes or the file is cut. */
const TAIL_BYTES = 64 * 1024;

/** Reads at most 64 kB. Throws the file system's error when the file cannot be opened. */
export async function readSignature(file: string): Promise<FileSignature> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(16, size));
    await handle.read(head, 0, head.length, 0);
    const tail = Buffer.alloc(Math.min(TAIL_BYTES, size));
    await handle.read(tail, 0, tail.length, size - tail.length);
    const format = formatOf(head);
    return { format, cutShort: isCutShort(format, head, tail, size) };
  } finally {
    await handle.close();
  }
}

function formatOf(head: Buffer): FileSignature['format'] {
  const text = head.toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG')) return 'png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.startsWith('GIF8')) return 'gif';
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return 'tiff';
  if (text.slice(4, 8) === 'ftyp') return 'heif';
  if (text.startsWith('BM')) return 'bmp';
  return null;
}

function isCutShort(format: FileSignature['format'], head: Buffer, tail: Buffer, size: number): boolean {
  if (format === 'jpeg') return !tail.includes(Buffer.from([0xff, 0xd9]));
  if (format === 'png') return !tail.includes('IEND');
  if (format === 'webp') return head.readUInt32LE(4) + 8 > size;
  if (format === 'gif') return tail.at(-1) !== 0x3b;
  return false;
}
