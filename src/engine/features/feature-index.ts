/**
 * The index of a feature store: one line of text a record, only ever appended. A line carries its own checksum, so a torn line (the
 * machine stopped while it was written) is recognised and left out; the record it spoke of is computed again.
 */
import { crc32 } from 'node:zlib';

/** Where a record lies: `slot` counts records of fixed size in `shard`. */
export interface IndexEntry {
  readonly hash: string;
  readonly variant: string;
  readonly shard: string;
  readonly slot: number;
  /** CRC-32 of the record's bytes. */
  readonly crc: number;
}

export const INDEX_FILE = 'index.tsv';

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** The key under which a record is found in memory. */
export function entryKey(hash: string, variant: string): string {
  return `${hash}\t${variant}`;
}

/** One line, without its newline: hash, variant, shard, slot, record checksum, line checksum, parted by tabs. */
export function formatEntry(entry: IndexEntry): string {
  const body = `${entry.hash}\t${entry.variant}\t${entry.shard}\t${entry.slot}\t${hex(entry.crc)}`;
  return `${body}\t${hex(crc32(body))}`;
}

/** Reads one line; undefined when it is torn, damaged or not of this form. */
export function parseEntry(line: string): IndexEntry | undefined {
  const end = line.lastIndexOf('\t');
  if (end < 0) return undefined;
  const body = line.slice(0, end);
  if (line.slice(end + 1) !== hex(crc32(body))) return undefined;
  const [hash, variant, shard, slot, crc, ...rest] = body.split('\t');
  if (
    hash === undefined ||
    variant === undefined ||
    shard === undefined ||
    crc === undefined ||
    rest.length > 0
  ) {
    return undefined;
  }
  const slotNumber = Number(slot);
  if (!Number.isSafeInteger(slotNumber) || slotNumber < 0 || !/^shard-[\w-]+\.f16$/.test(shard))
    return undefined;
  return { hash, variant, shard, slot: slotNumber, crc: Number.parseInt(crc, 16) };
}

/** Reads a whole index. Later lines win over earlier ones of the same key; `torn` counts lines that were left out. */
export function parseIndex(text: string): { entries: Map<string, IndexEntry>; torn: number } {
  const entries = new Map<string, IndexEntry>();
  let torn = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const entry = parseEntry(line);
    if (entry === undefined) torn++;
    else entries.set(entryKey(entry.hash, entry.variant), entry);
  }
  return { entries, torn };
}
