/** Makes of an export's fresh folder what its format asks for: archives, photographs, a cover, checksums. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { ZipFile } from 'yazl';
import type { ExportPacking } from '../../../formats/format.ts';
import { photographMissing } from './copy-photographs.ts';

/** Kaggle asks for at least 560 × 280; this is twice that. */
const coverSize = { width: 1120, height: 560 };
/** The same archive for the same content. */
const entryTime = new Date(Date.UTC(2000, 0, 1));

export interface PackInput {
  readonly packing: ExportPacking;
  /** Name in the archive, and where the photograph is. */
  readonly photographs: readonly { readonly name: string; readonly file: string }[];
  readonly signal: AbortSignal;
  readonly onFile: () => void;
}

/**
 * `written`: paths below `folder` that are there. Returns what is there afterwards. Throws `export/photograph-missing`, before anything is
 * moved into place, where a photograph that belongs into the archive is gone.
 */
export async function packExport(
  folder: string,
  written: readonly string[],
  input: PackInput,
): Promise<string[]> {
  const { packing, photographs, signal, onFile } = input;
  const place = (relative: string): string => path.join(folder, ...relative.split('/'));
  let files = [...written];
  for (const prefix of packing.archives) {
    const inside = files.filter((name) => name.startsWith(prefix));
    const archive = `${prefix.slice(0, -1)}.zip`;
    const entries = inside.map((name) => ({ name: name.slice(prefix.length), file: place(name) }));
    await writeArchive(place(archive), entries, true, signal, onFile);
    await rm(place(prefix.slice(0, -1)), { recursive: true, force: true });
    files = [...files.filter((name) => !name.startsWith(prefix)), archive];
  }
  if (packing.images !== null) {
    const missing = photographs.find(({ file }) => !existsSync(file));
    if (missing !== undefined) throw photographMissing(missing.file);
    await writeArchive(place(packing.images), photographs, false, signal, onFile);
    files.push(packing.images);
  }
  if (packing.cover !== null && (await drawCover(place(packing.cover), photographs)))
    files.push(packing.cover);
  if (packing.checksums !== null) {
    const lines: string[] = [];
    for (const name of files.toSorted()) {
      signal.throwIfAborted();
      lines.push(`${await hashFile(place(name))}  ${name}\n`);
    }
    await writeFile(place(packing.checksums), lines.join(''));
    files.push(packing.checksums);
  }
  return files;
}

/** Photographs are compressed already, so only labels are deflated. Archives beyond 4 GB are written as ZIP64. */
async function writeArchive(
  target: string,
  entries: readonly { readonly name: string; readonly file: string }[],
  compress: boolean,
  signal: AbortSignal,
  onFile: () => void,
): Promise<void> {
  const zip = new ZipFile();
  // A photograph that cannot be read to its end must fail the export, not the process.
  zip.on('error', (error: Error) => {
    (zip.outputStream as Readable).destroy(error);
  });
  // Each file is opened when its turn comes: a folder of 100,000 would exhaust what a process may hold open.
  for (const { name, file } of entries) {
    zip.addReadStreamLazy(toEntryName(name), { compress, mtime: entryTime, mode: 0o100644 }, (give) => {
      onFile();
      give(null, createReadStream(file));
    });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(target), { signal });
}

/** Archives are unpacked on other systems, too: what would be a drive or a folder there is not one in a name from here. */
function toEntryName(name: string): string {
  return name.replaceAll('\\', '_').replace(/^([a-z]):/i, '$1_');
}

/** From the middle of the first photograph that can be read; false when there is none. */
async function drawCover(target: string, photographs: PackInput['photographs']): Promise<boolean> {
  for (const { file } of photographs.slice(0, 20)) {
    try {
      await sharp(file)
        .rotate()
        .resize({ ...coverSize, fit: 'cover' })
        .jpeg({ quality: 85 })
        .toFile(target);
      return true;
    } catch {
      // Not a picture that can be drawn: the next one will do.
    }
  }
  return false;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}
