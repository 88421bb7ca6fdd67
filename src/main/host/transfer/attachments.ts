/** The files that options of an export name, read before a format writes: codecs have no file system. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { Format } from '../../../formats/format.ts';

/** A table of 100,000 rows is a tenth of this. */
const maxBytes = 64 * 1024 * 1024;

/** Content by option, of all options whose schema says `picks: 'file'` and that name one. Throws `export/no-attachment`. */
export async function readAttachments(
  format: Format,
  options: Readonly<Record<string, unknown>>,
): Promise<Record<string, Uint8Array>> {
  const found: Record<string, Uint8Array> = {};
  const { properties = {} } = z.toJSONSchema(format.options, { io: 'input' });
  for (const [name, schema] of Object.entries(properties)) {
    const value = options[name];
    const isFile = typeof schema === 'object' && schema.picks === 'file';
    if (!isFile || typeof value !== 'string' || value === '') continue;
    const file = path.resolve(value);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (error) {
      throw noAttachment(name, file, error instanceof Error ? error.message : String(error));
    }
    if (bytes.length > maxBytes) throw noAttachment(name, file, 'it is larger than 64 MB');
    found[name] = bytes;
  }
  return found;
}

function noAttachment(option: string, file: string, why: string): AppError {
  return new AppError({
    code: 'export/no-attachment',
    message: `The file ${file}, which the option “${option}” names, cannot be read: ${why}. Nothing was exported.`,
    hint: 'Choose the file again, or leave the option empty.',
    details: { option, file },
  });
}
