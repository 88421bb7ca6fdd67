/** Photographs beside exported labels: the very bytes, or the pixels turned upright for readers that know nothing of EXIF. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { CopyChoice } from '../../../contract/transfer.ts';
import { AppError } from '../../../core/errors.ts';
import type { OutputFile } from '../../../formats/format.ts';

/** Near enough to the original that no label would be drawn otherwise. */
const jpegQuality = 95;

/**
 * Copies, one in memory at a time; never links. `upright` writes anew only what its EXIF orientation turns. Throws `export/photograph-missing`
 * before the first is read where one is gone.
 */
export async function* copyPhotographs(
  photographs: readonly { readonly name: string; readonly file: string }[],
  choice: Exclude<CopyChoice, 'none'>,
  onFile: () => void,
): AsyncGenerator<OutputFile> {
  const missing = photographs.find(({ file }) => !existsSync(file));
  if (missing !== undefined) throw photographMissing(missing.file);
  for (const { name, file } of photographs) {
    const bytes = choice === 'upright' ? await readUpright(file) : await readFile(file);
    onFile();
    yield { path: name, bytes };
  }
}

async function readUpright(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file);
  const { orientation = 1, format } = await sharp(bytes).metadata();
  if (orientation === 1) return bytes;
  const upright = sharp(bytes).autoOrient();
  if (format === 'png') return upright.png().toBuffer();
  if (format === 'webp') return upright.webp({ quality: jpegQuality }).toBuffer();
  if (format === 'tiff') return upright.tiff({ compression: 'lzw' }).toBuffer();
  return upright.jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' }).toBuffer();
}

export function photographMissing(file: string): AppError {
  return new AppError({
    code: 'export/photograph-missing',
    message: `The photograph ${file} is no longer there, so the photographs of the export would be incomplete. Nothing was written.`,
    hint: 'Put it back or scan the folder again; or export without photographs.',
    details: { file },
  });
}
