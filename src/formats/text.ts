/** Bytes to text, lines and JSON, with faults told as application errors. */
import { AppError } from '../core/errors.ts';
import type { FileTree, RecordList, SourceFile } from './format.ts';

/** Made once: making one costs more than decoding a line with it. */
const decoders = {
  'utf-8': new TextDecoder('utf-8'),
  'utf-16le': new TextDecoder('utf-16le'),
  'utf-16be': new TextDecoder('utf-16be'),
} as const;
const encoder = new TextEncoder();

/** Text of a file: UTF-8 or, by its byte order mark, UTF-16. The mark is dropped; broken bytes become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  const label: keyof typeof decoders =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  return decoders[label].decode(bytes);
}

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Lines of a text, whatever ends them. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}

/** Parses JSON. Throws `format/empty-file` or `format/not-json`, naming the file. */
export function parseJson(path: string, bytes: Uint8Array): unknown {
  const text = decodeText(bytes);
  if (text.trim() === '') {
    throw new AppError({
      code: 'format/empty-file',
      message: `“${path}” is empty, so no labels were read from it.`,
      hint: 'Export the labels again from the tool that made the file.',
      details: { path },
    });
  }
  try {
    return parseLenient(text);
  } catch (cause) {
    throw new AppError({
      code: 'format/not-json',
      message: `“${path}” is not whole JSON, so no labels were read from it: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'The file may be cut short. Export it again from the tool that made it.',
      details: { path, bytes: bytes.length },
      cause,
    });
  }
}

/** Python writes NaN and Infinity into JSON, which has no such numbers: they become null, so that one of them does not cost the whole file. Throws SyntaxError. */
export function parseLenient(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (strict) {
    if (!/NaN|Infinity/.test(text)) throw strict;
    const mended = text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs, (token) =>
      token.startsWith('"') ? token : 'null',
    );
    return JSON.parse(mended) as unknown;
  }
}

/** The bytes of a file in pieces, whether or not it can give them so. */
export async function* streamOf(file: SourceFile): AsyncIterable<Uint8Array> {
  if (file.stream === undefined) yield await file.bytes();
  else yield* file.stream();
}

/** The text a file begins with, at least `maxBytes` of it where it has that many: enough to tell a format without reading a gigabyte. */
export async function readStart(file: SourceFile, maxBytes = 65_536): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of streamOf(file)) {
    parts.push(part.subarray(0, maxBytes));
    length += part.length;
    if (length >= maxBytes) break;
  }
  return decodeText(joinBytes(parts)).trimStart();
}

/** The parts as one array. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** How many files are read ahead: enough to keep a disk busy, few enough to hold. */
const AHEAD = 16;

/** Goes through items in their order with what `load` gives for each, loading the next ones meanwhile. */
export async function* loadAhead<T, V>(
  items: Iterable<T>,
  load: (item: T) => Promise<V>,
): AsyncGenerator<readonly [T, V]> {
  const waiting: { item: T; value: Promise<V> }[] = [];
  for (const item of items) {
    const value = load(item);
    // Whoever waits for it is told; until then a failure must not end the process.
    value.catch(() => undefined);
    waiting.push({ item, value });
    if (waiting.length < AHEAD) continue;
    const next = waiting.shift();
    if (next !== undefined) yield [next.item, await next.value];
  }
  for (const { item, value } of waiting) yield [item, await value];
}

/** The bytes of many files in the order of their paths, some at a time, in bulk where the tree can; they hold until the next are asked for. */
export async function* readBatches(
  tree: FileTree,
  paths: RecordList<string>,
  open: (path: string) => SourceFile | undefined,
): AsyncIterable<readonly Uint8Array[]> {
  if (tree.readMany !== undefined) yield* tree.readMany(paths);
  else
    for await (const [, bytes] of loadAhead(paths, async (path) => open(path)?.bytes() ?? new Uint8Array()))
      yield [bytes];
}

/** All files of a tree, by path. Later files with the same path win. */
export async function collectFiles(files: FileTree): Promise<Map<string, SourceFile>> {
  const found = new Map<string, SourceFile>();
  for await (const file of files.list()) found.set(file.path.replaceAll('\\', '/'), file);
  return found;
}

/** Whether the path ends in one of the extensions (`.txt`), upper or lower case. */
export function hasExtension(path: string, ...extensions: readonly string[]): boolean {
  const lower = path.toLowerCase();
  return extensions.some((extension) => lower.endsWith(extension));
}

/** True for files that are photographs by their ending. */
export function isImagePath(path: string): boolean {
  return hasExtension(
    path,
    '.jpg',
    '.jpeg',
    '.png',
    '.webp',
    '.bmp',
    '.tif',
    '.tiff',
    '.gif',
    '.avif',
    '.heic',
  );
}

/** A finite number, also from text such as `"12.5"`; undefined otherwise. */
export function toFinite(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** True for `{}`-like values, not lists, not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property of an untrusted object: never one inherited from the prototype. */
export function own(object: unknown, key: string): unknown {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Which split a file or folder name speaks of: `valid`, `val`, `instances_train`, `test/labels`. The last part that says one wins. */
export function findSplit(path: string): 'train' | 'valid' | 'test' | null {
  const words = path
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .reverse();
  for (const word of words) {
    if (/^train(ing)?(\d{4})?$/.test(word)) return 'train';
    if (/^val(id|idation)?(\d{4})?$/.test(word)) return 'valid';
    if (/^test(ing)?(\d{4})?$/.test(word)) return 'test';
  }
  return null;
}
