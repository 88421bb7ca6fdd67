/** Positional reads from a store's shards with a bounded number of open files. */
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

/** Open files kept at hand. 16 shards of 64 MB cover the random order of a batch well; more would only hold handles. */
const OPEN_LIMIT = 16;

interface OpenShard {
  readonly handle: Promise<FileHandle>;
  users: number;
}

/** A least-recently-used set of open shards. */
export class ShardFiles {
  readonly #dir: string;
  readonly #open = new Map<string, OpenShard>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Open now: at most {@link OPEN_LIMIT} when nothing is being read. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Fills `into` from `offset` of a shard. Resolves to false when the file ends before. */
  async read(shard: string, into: Uint8Array, offset: number): Promise<boolean> {
    const file = this.#take(shard);
    try {
      const handle = await file.handle;
      let done = 0;
      while (done < into.byteLength) {
        const { bytesRead } = await handle.read(into, done, into.byteLength - done, offset + done);
        if (bytesRead === 0) return false;
        done += bytesRead;
      }
      return true;
    } finally {
      file.users--;
      await this.#trim();
    }
  }

  async close(): Promise<void> {
    const files = [...this.#open.values()];
    this.#open.clear();
    for (const file of files) await closeQuietly(file);
  }

  #take(shard: string): OpenShard {
    const known = this.#open.get(shard);
    const file = known ?? { handle: open(path.join(this.#dir, shard), 'r'), users: 0 };
    file.users++;
    this.#open.delete(shard);
    this.#open.set(shard, file);
    return file;
  }

  async #trim(): Promise<void> {
    for (const [name, file] of this.#open) {
      if (this.#open.size <= OPEN_LIMIT) return;
      if (file.users > 0) continue;
      this.#open.delete(name);
      await closeQuietly(file);
    }
  }
}

/** Closes a shard; one that never opened has already told its reader so. */
async function closeQuietly(file: OpenShard): Promise<void> {
  const handle = await file.handle.catch(() => undefined);
  await handle?.close();
}
