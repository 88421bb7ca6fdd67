/** Reads a COCO annotation that holds nothing but numbers, as nearly all do, straight from its bytes. */
import { ByteCursor } from './byte-cursor.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const keys = ['image_id', 'category_id', 'bbox', 'score', 'iscrowd', 'segmentation', 'id', 'area'] as const;
type Key = (typeof keys)[number];
const known = keys.map((key): readonly [Key, Uint8Array] => [key, ascii(key)]);
/** The keys by their length: no two differ in sign only. */
const byLength = Array.from({ length: 16 }, (_, length) => known.filter(([key]) => key.length === length));

const QUOTE = 0x22;
const OPEN_LIST = 0x5b;

/**
 * The parts of the annotation read last. `read` is true only for an object whose keys are all among the plain ones and hold numbers (an
 * outline: lists of numbers), and which JSON allows as it stands; for any other it is false, and parsing it as JSON decides.
 */
export class PlainAnnotation {
  imageId = 0;
  categoryId = 0;
  x = 0;
  y = 0;
  w = 0;
  h = 0;
  /** NaN where there is none. */
  score = Number.NaN;
  hasOutline = false;
  readonly #cursor = new ByteCursor();

  read(bytes: Uint8Array, from: number, to: number): boolean {
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    cursor.at = from;
    cursor.end = to;
    this.score = Number.NaN;
    this.hasOutline = false;
    let hasImage = false;
    let hasCategory = false;
    let hasBox = false;
    if (cursor.skipBlanks() !== 0x7b) return false;
    cursor.at++;
    for (;;) {
      const key = this.#readKey();
      if (key === undefined) return false;
      if (key === 'bbox') {
        if (!this.#readBox()) return false;
        hasBox = true;
      } else if (key === 'segmentation') {
        if (!this.#readOutline()) return false;
      } else {
        const value = cursor.readNumber();
        if (!Number.isFinite(value)) return false;
        if (key === 'image_id') {
          this.imageId = value;
          hasImage = true;
        } else if (key === 'category_id') {
          this.categoryId = value;
          hasCategory = true;
        } else if (key === 'score') {
          if (value < 0 || value > 1) return false;
          this.score = value;
        } else if (key === 'iscrowd' && value === 1) return false;
      }
      const after = cursor.skipBlanks();
      cursor.at++;
      if (after === 0x7d) break;
      if (after !== 0x2c) return false;
    }
    return hasImage && hasCategory && hasBox && cursor.skipBlanks() === -1;
  }

  /** A key and its colon; the cursor then stands at the value. */
  #readKey(): Key | undefined {
    const cursor = this.#cursor;
    if (cursor.skipBlanks() !== QUOTE) return undefined;
    const start = ++cursor.at;
    const { bytes, end } = cursor;
    let at = start;
    while (at < end && bytes[at] !== QUOTE) at++;
    const key = findKey(bytes, start, at);
    cursor.at = at + 1;
    if (key === undefined || cursor.skipBlanks() !== 0x3a) return undefined;
    cursor.at++;
    cursor.skipBlanks();
    return key;
  }

  #readBox(): boolean {
    const cursor = this.#cursor;
    if (cursor.peek() !== OPEN_LIST) return false;
    cursor.at++;
    cursor.skipBlanks();
    this.x = cursor.readNumber();
    if (!this.#passComma()) return false;
    this.y = cursor.readNumber();
    if (!this.#passComma()) return false;
    this.w = cursor.readNumber();
    if (!this.#passComma()) return false;
    this.h = cursor.readNumber();
    if (cursor.skipBlanks() !== 0x5d) return false;
    cursor.at++;
    return (
      Number.isFinite(this.x) && Number.isFinite(this.y) && Number.isFinite(this.w) && Number.isFinite(this.h)
    );
  }

  #passComma(): boolean {
    const cursor = this.#cursor;
    if (cursor.skipBlanks() !== 0x2c) return false;
    cursor.at++;
    cursor.skipBlanks();
    return true;
  }

  /** `[]`, or lists of numbers; a bare list of numbers is no outline, and a mask (an object) is not plain. */
  #readOutline(): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    if (!cursor.skipNumberList(2)) return false;
    const { bytes } = cursor;
    let at = start + 1;
    while ((bytes[at] as number) <= 0x20) at++;
    this.hasOutline = bytes[at] === OPEN_LIST;
    // A number and then a list: whether that is an outline, the whole reader says.
    return this.hasOutline || bytes[at] === 0x5d;
  }
}

function findKey(bytes: Uint8Array, from: number, to: number): Key | undefined {
  for (const [key, wanted] of byLength[to - from] ?? []) {
    let i = 0;
    while (i < wanted.length && bytes[from + i] === wanted[i]) i++;
    if (i === wanted.length) return key;
  }
  return undefined;
}
