/** Finds texts by hash without holding them: each is drawn again from its number where two may be the same. A million paths take 16 MB. */

const FIRST_SLOTS = 64;
const FREE = -1;

/** Numbers of texts, found by text. `textOf` draws the text of a number that was added, and must always draw the same. */
export class TextTable {
  readonly #textOf: (entry: number) => string;
  #entries = new Int32Array(FIRST_SLOTS).fill(FREE);
  #hashes = new Int32Array(FIRST_SLOTS);
  #size = 0;

  constructor(textOf: (entry: number) => string) {
    this.#textOf = textOf;
  }

  get size(): number {
    return this.#size;
  }

  /** The number under which the text was added; -1 for none. */
  find(text: string): number {
    const hash = hashOf(text);
    const mask = this.#entries.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#entries[slot] as number;
      if (entry === FREE) return -1;
      if (this.#hashes[slot] === hash && this.#textOf(entry) === text) return entry;
    }
  }

  /** Adds a text that {@link find} does not know, under a number from 0. */
  add(text: string, entry: number): void {
    // At most half of the slots are taken, so that a free one is near.
    if (this.#size * 2 >= this.#entries.length) this.#grow();
    this.#put(hashOf(text), entry);
    this.#size++;
  }

  #put(hash: number, entry: number): void {
    const mask = this.#entries.length - 1;
    let slot = hash & mask;
    while (this.#entries[slot] !== FREE) slot = (slot + 1) & mask;
    this.#entries[slot] = entry;
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const [entries, hashes] = [this.#entries, this.#hashes];
    this.#entries = new Int32Array(entries.length * 2).fill(FREE);
    this.#hashes = new Int32Array(entries.length * 2);
    for (let slot = 0; slot < entries.length; slot++) {
      const entry = entries[slot] as number;
      if (entry !== FREE) this.#put(hashes[slot] as number, entry);
    }
  }
}

/** FNV-1a over the UTF-16 units, its bits mixed once more (MurmurHash3's finaliser), since only the low ones choose a slot. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
