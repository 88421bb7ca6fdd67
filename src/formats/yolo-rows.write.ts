/** Draws boxes as lines of a YOLO label file, digit by digit into bytes: a million lines without a string for each. */
import { clipBox, type PixelBox } from '../core/geometry.ts';
import type { BoxRecord, ImageRecord } from '../core/records.ts';
import { getRawSize, toRawBox } from './orientation.ts';
import type { ReportBuilder } from './report.ts';

/** 8 decimals are 0.0001 px in an image of 10,000 px. */
const DECIMALS = 8;
const SCALE = 10 ** DECIMALS;
/** Four numbers `0.12345678`, the blanks between, a class number and the line end. */
const MAX_ROW_BYTES = 80;
const BUFFER_BYTES = 64 * 1024;

/** With more boxes on an image, which no hand has drawn, comparing each with each would take longer than writing them. */
const MAX_COMPARED = 200;

function isSameBox(a: BoxRecord, b: BoxRecord): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h && a.classId === b.classId;
}

export class RowDrawer {
  readonly #coordinates: 'upright' | 'raw';
  readonly #report: ReportBuilder;
  /** Label files are cut out of one buffer after the other: one of its own for each of 100,000 takes longer than filling it. */
  #bytes = new Uint8Array(BUFFER_BYTES);
  #at = 0;
  /** The row set last: centre and size in steps of 10⁻⁸ of the image, each from 0 to 10⁸. No object for each of a million. */
  #cx = 0;
  #cy = 0;
  #w = 0;
  #h = 0;

  constructor(coordinates: 'upright' | 'raw', report: ReportBuilder) {
    this.#coordinates = coordinates;
    this.#report = report;
  }

  /** Counts what {@link draw} will write, and reports what it will cut or leave out. */
  count(boxes: readonly BoxRecord[], image: ImageRecord): void {
    for (const box of boxes) {
      const inside = clipBox(box, image);
      if (inside === undefined || !this.#setRow(inside, image)) {
        const why = inside === undefined ? 'it lies outside the image' : 'it is too small to be written';
        const what = `box ${box.id} of ${image.path}`;
        this.#report.skip({ what, why, boxes: 1, imageId: image.id });
        continue;
      }
      if (inside !== box) this.#report.countClipped(image.id);
      this.#report.countBoxes(1);
    }
    this.#tallyRepeated(boxes);
  }

  /** Readers that drop a row which stands there twice would count fewer boxes than were written. */
  #tallyRepeated(boxes: readonly BoxRecord[]): void {
    if (boxes.length > MAX_COMPARED) return;
    for (let i = 1; i < boxes.length; i++) {
      const box = boxes[i] as BoxRecord;
      let k = 0;
      while (k < i && !isSameBox(boxes[k] as BoxRecord, box)) k++;
      if (k < i)
        this.#report.tally(
          'repeated',
          (n) => `${n} boxes repeat another of their image and class exactly; Ultralytics keeps one of each.`,
        );
    }
  }

  /** The label file of an image. `ids`: class id → number. */
  draw(boxes: readonly BoxRecord[], image: ImageRecord, ids: ReadonlyMap<string, number>): Uint8Array {
    const most = boxes.length * MAX_ROW_BYTES;
    if (this.#bytes.length - this.#at < most) {
      this.#bytes = new Uint8Array(Math.max(most, BUFFER_BYTES));
      this.#at = 0;
    }
    const start = this.#at;
    for (const box of boxes) {
      const inside = clipBox(box, image);
      if (inside === undefined || !this.#setRow(inside, image)) continue;
      this.#putWhole(ids.get(box.classId) ?? 0);
      this.#putFraction(this.#cx);
      this.#putFraction(this.#cy);
      this.#putFraction(this.#w);
      this.#putFraction(this.#h);
      this.#bytes[this.#at++] = 0x0a;
    }
    return this.#bytes.subarray(start, this.#at);
  }

  /** Sets the row; false for a box that would have no extent once it is rounded. */
  #setRow(inside: PixelBox, image: ImageRecord): boolean {
    const raw = this.#coordinates === 'raw' ? getRawSize(image) : undefined;
    const { x, y, w, h } = raw === undefined ? inside : toRawBox(inside, raw, image.orientation);
    const { widthPx, heightPx } = raw ?? image;
    this.#cx = Math.round(((x + w / 2) / widthPx) * SCALE);
    this.#cy = Math.round(((y + h / 2) / heightPx) * SCALE);
    this.#w = Math.round((w / widthPx) * SCALE);
    this.#h = Math.round((h / heightPx) * SCALE);
    return this.#w !== 0 && this.#h !== 0;
  }

  #putWhole(value: number): void {
    const text = String(value);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#at++] = text.charCodeAt(i);
  }

  /** A blank and `steps` · 10⁻⁸ with all its decimals; the number is not negative. */
  #putFraction(steps: number): void {
    const bytes = this.#bytes;
    const whole = Math.floor(steps / SCALE);
    bytes[this.#at++] = 0x20;
    this.#putDigit(whole);
    bytes[this.#at++] = 0x2e;
    let rest = (steps - whole * SCALE) | 0;
    for (let i = this.#at + DECIMALS - 1; i >= this.#at; i--) {
      const next = (rest / 10) | 0;
      bytes[i] = 0x30 + (rest - next * 10);
      rest = next;
    }
    this.#at += DECIMALS;
  }

  #putDigit(digit: number): void {
    this.#bytes[this.#at++] = 0x30 + digit;
  }
}
