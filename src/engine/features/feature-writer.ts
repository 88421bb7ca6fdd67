/** Appends records to a feature store: bytes first, flushed, then their index lines. One writer object a job. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { formatEntry, INDEX_FILE, type IndexEntry } from './feature-index.ts';
import type { FeatureStore } from './feature-store.ts';
import type { FeatureKey } from './feature-types.ts';

/** Largest shard. */
const SHARD_BYTES = 64 * 1024 * 1024;
/** Records that share one flush: what a kill can cost at most, about a second of work. */
const GROUP_RECORDS = 16;

/**
 * Each writer fills shards of its own, named at random: a process that was believed dead and still writes can never mix its bytes with
 * ours, and no lock is needed. Calls to `append` queue up; the caller bounds how many.
 */
export class FeatureWriter {
  readonly #store: FeatureStore;
  readonly #session = randomBytes(4).toString('hex');
  readonly #recordsPerShard: number;
  /** Written records that wait for the flush. */
  #pending: IndexEntry[] = [];
  #index: FileHandle | undefined;
  #shard: FileHandle | undefined;
  #shardName = '';
  #shardCount = 0;
  #slot = 0;
  #chain: Promise<void> = Promise.resolve();

  constructor(store: FeatureStore) {
    this.#store = store;
    this.#recordsPerShard = Math.max(1, Math.floor(SHARD_BYTES / store.recordBytes));
  }

  /**
   * Writes one record (all taps as half floats, in the store's order); the store can read it from then on, and it outlives this process
   * from the next flush on. Rejects with the system's error, ENOSPC for a full disk.
   */
  append(key: FeatureKey, record: Uint8Array): Promise<void> {
    return this.#enqueue(async () => {
      if (record.byteLength !== this.#store.recordBytes)
        throw new RangeError('A record has the wrong length');
      if (this.#shard === undefined || this.#slot >= this.#recordsPerShard) await this.#nextShard();
      await writeFully(this.#shard as FileHandle, record, this.#slot * this.#store.recordBytes);
      const place = { shard: this.#shardName, slot: this.#slot, crc: crc32(record) };
      const entry = { hash: key.hash, variant: key.variant, ...place };
      this.#pending.push(entry);
      this.#store.add(entry);
      this.#slot++;
      if (this.#pending.length >= GROUP_RECORDS) await this.#flush();
    });
  }

  /** Flushes what waits and closes the files. After a failed append it still records everything that reached the disk. */
  async close(): Promise<void> {
    try {
      await this.#enqueue(() => this.#flush());
    } finally {
      await this.#shard?.close();
      await this.#index?.close();
      this.#shard = undefined;
      this.#index = undefined;
    }
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#chain.then(work);
    this.#chain = done.catch(() => undefined);
    return done;
  }

  async #nextShard(): Promise<void> {
    await this.#flush();
    await this.#shard?.close();
    this.#shardName = `shard-${this.#session}-${String(this.#shardCount++).padStart(4, '0')}.f16`;
    this.#shard = await open(path.join(this.#store.dir, this.#shardName), 'wx');
    this.#slot = 0;
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.#shard?.datasync();
    this.#index ??= await open(path.join(this.#store.dir, INDEX_FILE), 'a');
    // The newline in front closes a line that an earlier process may have left torn; empty lines mean nothing.
    const lines = `\n${this.#pending.map(formatEntry).join('\n')}\n`;
    await writeFully(this.#index, Buffer.from(lines), null);
    await this.#index.datasync();
    this.#pending = [];
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const at = position === null ? null : position + done;
    const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, at);
    done += bytesWritten;
  }
}
