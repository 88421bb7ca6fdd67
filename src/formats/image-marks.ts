/** What a source says of the project's images, in columns: 100,000 of them without an object for each. */
import type { ImageState, Split } from '../core/records.ts';
import type { ImportedImage, RecordList } from './format.ts';
import type { KnownImage } from './image-lookup.ts';
import { TextTable } from './text-table.ts';

/** What a source says of an image before its boxes are known. `empty-if-no-boxes`: listed as looked at. */
export interface ImageMark {
  readonly state: ImageState | 'empty-if-no-boxes' | null;
  readonly split: Split | null;
}

const states: readonly ImageMark['state'][] = [
  null,
  'unseen',
  'labelled',
  'empty',
  'reviewed',
  'empty-if-no-boxes',
];
const splits: readonly (Split | null)[] = [null, 'train', 'valid', 'test'];
const FIRST_ROWS = 64;

/** Images in the order of their first mention. */
export class ImageMarks implements RecordList<ImportedImage> {
  readonly #images: KnownImage[] = [];
  readonly #rows = new TextTable((row) => this.#images[row]?.id ?? '');
  /** Of each image its state and split, as places in {@link states} and {@link splits}. */
  #said = new Uint8Array(FIRST_ROWS);
  readonly #groups = new Map<number, string>();
  /** Places among the images with boxes, from 1; 0 for none yet. */
  #places = new Uint32Array(FIRST_ROWS);
  #boxes = new Uint32Array(FIRST_ROWS);
  readonly #lost = new Set<number>();
  /** The row asked for last: boxes of an image mostly follow one another. */
  #last = -1;

  get length(): number {
    return this.#images.length;
  }

  /** True for the first mention of an image, which counts; later ones fill in what was not known. */
  mark(image: KnownImage, { state, split }: ImageMark): boolean {
    const row = this.find(image.id);
    if (row < 0) {
      const fresh = this.#images.push(image) - 1;
      this.#rows.add(image.id, fresh);
      if (fresh >= this.#said.length) this.#grow();
      this.#say(fresh, state, split);
      this.#last = fresh;
      return true;
    }
    this.#say(row, this.#stateAt(row) ?? state, this.#splitAt(row) ?? split);
    return false;
  }

  #say(row: number, state: ImageMark['state'], split: Split | null): void {
    this.#said[row] = states.indexOf(state) * splits.length + splits.indexOf(split);
  }

  #stateAt(row: number): ImageMark['state'] {
    return states[Math.floor((this.#said[row] ?? 0) / splits.length)] ?? null;
  }

  #splitAt(row: number): Split | null {
    return splits[(this.#said[row] ?? 0) % splits.length] ?? null;
  }

  #grow(): void {
    const [said, places, boxes] = [this.#said, this.#places, this.#boxes];
    const rows = said.length * 2;
    this.#said = new Uint8Array(rows);
    this.#said.set(said);
    this.#places = new Uint32Array(rows);
    this.#places.set(places);
    this.#boxes = new Uint32Array(rows);
    this.#boxes.set(boxes);
  }

  /** The row of an image; -1 for one that was never mentioned. */
  find(id: string): number {
    if (this.#images[this.#last]?.id === id) return this.#last;
    const row = this.#rows.find(id);
    this.#last = row;
    return row;
  }

  /** Counts a box of the image in this row; gives its place among those with boxes, -1 for the first. */
  countBox(row: number): number {
    if (row < 0) return -1;
    this.#boxes[row] = (this.#boxes[row] ?? 0) + 1;
    return (this.#places[row] ?? 0) - 1;
  }

  setPlace(row: number, place: number): void {
    if (row >= 0) this.#places[row] = place + 1;
  }

  countLost(id: string): void {
    const row = this.find(id);
    if (row >= 0) this.#lost.add(row);
  }

  /** What a manifest says counts, whatever was said before. */
  settle(id: string, state: ImageState, split: Split | null, group: string | null): void {
    const row = this.find(id);
    if (row < 0) return;
    this.#say(row, state, split);
    if (group === null) this.#groups.delete(row);
    else this.#groups.set(row, group);
  }

  at(row: number): ImportedImage | undefined {
    const image = this.#images[row];
    if (image === undefined) return undefined;
    return {
      imageId: image.id,
      path: image.path,
      state: settleState(this.#stateAt(row), this.#boxes[row] ?? 0, this.#lost.has(row)),
      split: this.#splitAt(row),
      group: this.#groups.get(row) ?? null,
    };
  }

  *[Symbol.iterator](): IterableIterator<ImportedImage> {
    for (let row = 0; row < this.#images.length; row++) yield this.at(row) as ImportedImage;
  }
}

/** Boxes speak louder than marks; an image whose boxes were all lost is not empty. */
function settleState(state: ImageMark['state'], boxes: number, isLost: boolean): ImageState | null {
  if (boxes > 0) return state === 'reviewed' ? 'reviewed' : 'labelled';
  if (isLost) return null;
  if (state === 'empty-if-no-boxes' || state === 'labelled') return 'empty';
  return state;
}
