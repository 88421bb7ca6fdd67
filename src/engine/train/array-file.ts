/** Named number arrays and a JSON head in one file, written at once or not at all. */
import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

/** First bytes of every file: "catchlight arrays, form 1". */
const MAGIC = 'CLARR001';
const ALIGN_BYTES = 8;

const headSchema = z.object({
  head: z.unknown(),
  arrays: z.array(z.object({ name: z.string(), length: z.number().int().nonnegative() })),
});

export interface ArrayFile {
  /** Any JSON value. */
  readonly head: unknown;
  readonly arrays: ReadonlyMap<string, Float32Array>;
}

/**
 * Form: magic (8 bytes), length of the JSON that follows (u32, little-endian), its CRC-free JSON `{head, arrays: [{name, length}]}`,
 * padding to 8 bytes, then the arrays as little-endian f32, one after another.
 */
export function packArrays(file: ArrayFile): Uint8Array {
  const list = [...file.arrays].map(([name, data]) => ({ name, length: data.length }));
  const json = new TextEncoder().encode(JSON.stringify({ head: file.head, arrays: list }));
  const start = alignUp(MAGIC.length + 4 + json.length);
  const total = list.reduce((sum, entry) => sum + entry.length * 4, start);
  const bytes = new Uint8Array(total);
  bytes.set(new TextEncoder().encode(MAGIC), 0);
  new DataView(bytes.buffer).setUint32(MAGIC.length, json.length, true);
  bytes.set(json, MAGIC.length + 4);
  let at = start;
  for (const data of file.arrays.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads what {@link packArrays} wrote. Throws `model/damaged` when the bytes are not whole. */
export function unpackArrays(bytes: Uint8Array, file: string): ArrayFile {
  const decoder = new TextDecoder();
  const lead = MAGIC.length + 4;
  if (bytes.length < lead || decoder.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC)
    throw damagedModel(file);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  if (lead + length > bytes.length) throw damagedModel(file);
  const parsed = headSchema.safeParse(parseJson(bytes.subarray(lead, lead + length), file));
  if (!parsed.success) throw damagedModel(file);
  const arrays = new Map<string, Float32Array>();
  let at = alignUp(lead + length);
  for (const entry of parsed.data.arrays) {
    const end = at + entry.length * 4;
    if (end > bytes.length) throw damagedModel(file);
    // A copy of its own: files come as views of larger buffers, at any alignment.
    const values = new Float32Array(entry.length);
    new Uint8Array(values.buffer).set(bytes.subarray(at, end));
    arrays.set(entry.name, values);
    at = end;
  }
  return { head: parsed.data.head, arrays };
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGN_BYTES) * ALIGN_BYTES;
}

/** The fault of a model's file that is not the one the studio wrote. */
export function damagedModel(file: string): AppError {
  return new AppError({
    code: 'model/damaged',
    message: `The file ${file} is cut short, was changed, or was not written by the studio, so the model was not loaded. Labels are not affected.`,
    hint: 'Train the model again; its plan says how it was made.',
    details: { file },
  });
}

/** JSON from a file that anybody may have changed. Throws `model/damaged` when it is none. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) throw damagedModel(file);
    throw error;
  }
}

/** Writes beside the target, flushes, then renames: a reader sees the old file or the whole new one. */
export async function writeFileWhole(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The file's bytes, or undefined when there is none. */
export async function findFile(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
