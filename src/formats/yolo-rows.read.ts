/** Goes through the lines of a YOLO label file by its bytes: a million lines without a string for each. */
import type { NormBox } from '../core/geometry.ts';
import { ByteCursor } from './byte-cursor.ts';
import { decodeText, splitLines } from './text.ts';
import type { YoloRow } from './yolo-line.ts';

const LF = 0x0a;
const CR = 0x0d;
/** Lines are cut out of a file that begins as UTF-8: bytes like a mark of another encoding in their midst are none. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The row read last is in `classId`, `box` and `sixth`. */
export class YoloRows implements YoloRow {
  classId = 0;
  readonly kind = 'box';
  sixth: number | undefined;
  readonly box: { -readonly [K in 'cx' | 'cy' | 'w' | 'h']: NormBox[K] } = { cx: 0, cy: 0, w: 0, h: 0 };
  readonly #cursor = new ByteCursor();
  readonly #mayHaveSixth: boolean;

  /** `keypointNumbers`: how many numbers of key points follow each box. */
  constructor(keypointNumbers: number) {
    this.#mayHaveSixth = keypointNumbers === 0;
  }

  /**
   * Calls `take` for each line of a class and four or five numbers written plainly, and `other` for each that is not blank and not such a line;
   * lines count from 1.
   */
  read(bytes: Uint8Array, take: (line: number) => void, other: (line: number, text: string) => void): void {
    if ((bytes[0] ?? 0) >= 0x80) {
      // A byte order mark, or no text at all.
      for (const [i, text] of splitLines(decodeText(bytes)).entries())
        if (text.trim() !== '') other(i + 1, text);
      return;
    }
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    cursor.end = bytes.length;
    let line = 1;
    for (let start = 0; start < bytes.length; line++) {
      cursor.at = start;
      let end: number;
      if (this.#readRow()) {
        end = cursor.at;
        take(line);
      } else {
        end = start;
        while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
        const text = utf8.decode(bytes.subarray(start, end));
        if (text.trim() !== '') other(line, text);
      }
      start = bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;
    }
  }

  /** True with the cursor at the end of the line. */
  #readRow(): boolean {
    const cursor = this.#cursor;
    const { box } = this;
    this.#skipGap();
    this.classId = cursor.readNumber();
    if (!Number.isSafeInteger(this.classId) || this.classId < 0 || !this.#skipGap()) return false;
    box.cx = cursor.readNumber();
    if (!this.#skipGap()) return false;
    box.cy = cursor.readNumber();
    if (!this.#skipGap()) return false;
    box.w = cursor.readNumber();
    if (!this.#skipGap()) return false;
    box.h = cursor.readNumber();
    this.sixth = undefined;
    if (
      !(
        Number.isFinite(box.cx) &&
        Number.isFinite(box.cy) &&
        Number.isFinite(box.w) &&
        Number.isFinite(box.h)
      )
    )
      return false;
    const isApart = this.#skipGap();
    if (this.#isAtEnd()) return true;
    if (!isApart || !this.#mayHaveSixth) return false;
    const sixth = cursor.readNumber();
    if (!Number.isFinite(sixth)) return false;
    this.sixth = sixth;
    this.#skipGap();
    return this.#isAtEnd();
  }

  /** Passes blanks and tabs; false where there are none. */
  #skipGap(): boolean {
    const cursor = this.#cursor;
    const { bytes, end } = cursor;
    const start = cursor.at;
    let { at } = cursor;
    while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
    cursor.at = at;
    return at > start;
  }

  #isAtEnd(): boolean {
    const c = this.#cursor.peek();
    return c === -1 || c === LF || c === CR;
  }
}
