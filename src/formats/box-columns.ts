/** Boxes in columns of numbers: a million of them in 40 MB, drawn as records when they are asked for. */
import type { Point } from '../core/geometry.ts';
import type { BoxRecord } from '../core/records.ts';
import type { ImportedBox, RecordList } from './format.ts';

/** Rows of a full chunk. Only the first one grows, so that a handful of boxes does not cost megabytes. */
const CHUNK_ROWS = 65_536;
const FIRST_ROWS = 64;

type Attributes = BoxRecord['attributes'];

/** What only some boxes have. */
interface More {
  readonly head: Point | null;
  readonly tail: Point | null;
  readonly attributes: Attributes;
}

interface Chunk {
  /** x, y, w, h of each row. */
  numbers: Float64Array;
  /** Image and class of each row, as places in their lists. */
  ids: Uint32Array;
  /** NaN where there is none; absent while none has one. */
  scores: Float64Array | undefined;
}

/** Shared by all boxes that have none: a million empty objects are memory, too. */
const noAttributes: Attributes = Object.freeze({});

export class BoxColumns implements RecordList<ImportedBox> {
  readonly #imageIds: readonly string[];
  readonly #classNames: readonly string[];
  readonly #chunks: Chunk[] = [];
  readonly #more = new Map<number, More>();
  #rows = 0;

  /** The lists may grow while boxes come. */
  constructor(imageIds: readonly string[], classNames: readonly string[]) {
    this.#imageIds = imageIds;
    this.#classNames = classNames;
  }

  get length(): number {
    return this.#rows;
  }

  /** Adds a box of the image and class at these places of their lists; `score` null for none. Returns its row. */
  push(
    image: number,
    name: number,
    x: number,
    y: number,
    w: number,
    h: number,
    score: number | null,
  ): number {
    const row = this.#rows++;
    const chunk = this.#chunkFor(row);
    const at = row % CHUNK_ROWS;
    const { numbers, ids } = chunk;
    numbers[at * 4] = x;
    numbers[at * 4 + 1] = y;
    numbers[at * 4 + 2] = w;
    numbers[at * 4 + 3] = h;
    ids[at * 2] = image;
    ids[at * 2 + 1] = name;
    if (score !== null) {
      chunk.scores ??= new Float64Array(ids.length / 2).fill(Number.NaN);
      chunk.scores[at] = score;
    }
    return row;
  }

  /** Keeps what the columns have no place for. */
  setMore(row: number, head: Point | null, tail: Point | null, attributes: Attributes): void {
    this.#more.set(row, { head, tail, attributes });
  }

  /** The place of a row's image in the list of images. */
  imageAt(row: number): number {
    return this.#chunkOf(row)?.ids[(row % CHUNK_ROWS) * 2] ?? 0;
  }

  /** True for two boxes of the same class with the very same numbers. */
  isSame(a: number, b: number): boolean {
    const [one, other] = [this.#chunkOf(a), this.#chunkOf(b)];
    if (one === undefined || other === undefined) return false;
    const [i, k] = [a % CHUNK_ROWS, b % CHUNK_ROWS];
    if (one.ids[i * 2 + 1] !== other.ids[k * 2 + 1]) return false;
    for (let n = 0; n < 4; n++) if (one.numbers[i * 4 + n] !== other.numbers[k * 4 + n]) return false;
    return true;
  }

  at(row: number): ImportedBox | undefined {
    const chunk = row >= 0 && row < this.#rows ? this.#chunkOf(row) : undefined;
    if (chunk === undefined) return undefined;
    const { numbers, ids, scores } = chunk;
    const at = row % CHUNK_ROWS;
    const score = scores?.[at] ?? Number.NaN;
    const more = this.#more.get(row);
    return {
      imageId: this.#imageIds[ids[at * 2] ?? 0] ?? '',
      className: this.#classNames[ids[at * 2 + 1] ?? 0] ?? '',
      x: numbers[at * 4] ?? 0,
      y: numbers[at * 4 + 1] ?? 0,
      w: numbers[at * 4 + 2] ?? 0,
      h: numbers[at * 4 + 3] ?? 0,
      head: more?.head ?? null,
      tail: more?.tail ?? null,
      score: Number.isNaN(score) ? null : score,
      attributes: more?.attributes ?? noAttributes,
    };
  }

  *[Symbol.iterator](): IterableIterator<ImportedBox> {
    for (let row = 0; row < this.#rows; row++) {
      const box = this.at(row);
      if (box !== undefined) yield box;
    }
  }

  #chunkOf(row: number): Chunk | undefined {
    return this.#chunks[Math.floor(row / CHUNK_ROWS)];
  }

  #chunkFor(row: number): Chunk {
    const n = Math.floor(row / CHUNK_ROWS);
    const chunk = this.#chunks[n];
    const rows = n === 0 ? FIRST_ROWS : CHUNK_ROWS;
    if (chunk === undefined) {
      const fresh = {
        numbers: new Float64Array(rows * 4),
        ids: new Uint32Array(rows * 2),
        scores: undefined,
      };
      this.#chunks.push(fresh);
      return fresh;
    }
    const has = chunk.ids.length / 2;
    if (row % CHUNK_ROWS < has) return chunk;
    const next = Math.min(CHUNK_ROWS, has * 2);
    const { numbers, ids, scores } = chunk;
    chunk.numbers = new Float64Array(next * 4);
    chunk.numbers.set(numbers);
    chunk.ids = new Uint32Array(next * 2);
    chunk.ids.set(ids);
    if (scores !== undefined) {
      chunk.scores = new Float64Array(next).fill(Number.NaN);
      chunk.scores.set(scores);
    }
    return chunk;
  }
}

export interface Grouped {
  /** Undefined where the list is in that order already: place `i` of the order is then place `i` of the list. */
  readonly order: Uint32Array | undefined;
  readonly starts: Uint32Array;
}

/** The places of a group, in the list's order. */
export function* placesOf({ order, starts }: Grouped, group: number): IterableIterator<number> {
  const end = starts[group + 1] ?? 0;
  for (let i = starts[group] ?? 0; i < end; i++) yield order === undefined ? i : (order[i] as number);
}

/** True where every group follows the one before it and nothing belongs to none, as in files written image by image. */
function isGrouped(length: number, groupOf: (place: number) => number): boolean {
  let last = 0;
  for (let i = 0; i < length; i++) {
    const group = groupOf(i);
    if (group < last) return false;
    last = group;
  }
  return true;
}

/**
 * Places in a list sorted by group, in the list's order within each: from `starts[g]` to `starts[g + 1]` are those of group `g`, see
 * {@link placesOf}. A counting sort; `groupOf` gives a number below `groups`, or -1 for what belongs to none.
 */
export function groupPlaces(length: number, groups: number, groupOf: (place: number) => number): Grouped {
  const starts = new Uint32Array(groups + 1);
  for (let i = 0; i < length; i++) {
    const group = groupOf(i);
    if (group >= 0) starts[group + 1] = (starts[group + 1] ?? 0) + 1;
  }
  for (let g = 0; g < groups; g++) starts[g + 1] = (starts[g + 1] ?? 0) + (starts[g] ?? 0);
  if (isGrouped(length, groupOf)) return { order: undefined, starts };
  const next = starts.slice();
  const order = new Uint32Array(starts[groups] ?? 0);
  for (let i = 0; i < length; i++) {
    const group = groupOf(i);
    if (group < 0) continue;
    const at = next[group] ?? 0;
    order[at] = i;
    next[group] = at + 1;
  }
  return { order, starts };
}
