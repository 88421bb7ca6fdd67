/** Reads numbers and punctuation straight from bytes, without a string for each: what makes a million boxes quick to read. */

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);
/** So many digits are below 2⁵³, whatever they are. */
const MAX_EXACT_DIGITS = 15;

/** A place in some bytes. Set `bytes`, `at` and `end`, then read on; after a refusal `at` may stand anywhere. */
export class ByteCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;

  /** The byte at the cursor; -1 at the end. */
  peek(): number {
    return this.at < this.end ? (this.bytes[this.at] as number) : -1;
  }

  /** Passes blanks, tabs and line ends; gives the byte after them, -1 at the end. */
  skipBlanks(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end) {
      const c = bytes[at] as number;
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) {
        this.at = at;
        return c;
      }
      at++;
    }
    this.at = at;
    return -1;
  }

  /**
   * A number as JSON writes it, to the last bit what `Number` makes of the same text (Clinger's fast path, "How to read floating point
   * numbers accurately", 1990; else `Number` itself). NaN where there is none.
   */
  readNumber(): number {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    const isNegative = at < end && bytes[at] === MINUS;
    if (isNegative) at++;
    let mantissa = 0;
    let digits = 0;
    let power = 0;
    const whole = at;
    for (; at < end; at++) {
      const c = bytes[at] as number;
      if (c < ZERO || c > NINE) break;
      mantissa = mantissa * 10 + (c - ZERO);
      if (mantissa !== 0) digits++;
    }
    // No digit, or a nought before others: JSON knows no such number.
    if (at === whole || (at > whole + 1 && bytes[whole] === ZERO)) return Number.NaN;
    if (at < end && bytes[at] === POINT) {
      const point = ++at;
      for (; at < end; at++) {
        const c = bytes[at] as number;
        if (c < ZERO || c > NINE) break;
        mantissa = mantissa * 10 + (c - ZERO);
        if (mantissa !== 0) digits++;
      }
      if (at === point) return Number.NaN;
      power = point - at;
    }
    if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
      at++;
      const sign = bytes[at];
      if (at < end && (sign === MINUS || sign === PLUS)) at++;
      const first = at;
      let exponent = 0;
      for (; at < end; at++) {
        const c = bytes[at] as number;
        if (c < ZERO || c > NINE) break;
        if (exponent < 100_000) exponent = exponent * 10 + (c - ZERO);
      }
      if (at === first) return Number.NaN;
      power += sign === MINUS ? -exponent : exponent;
    }
    this.at = at;
    const scale = POWERS[power < 0 ? -power : power];
    if (digits > MAX_EXACT_DIGITS || scale === undefined) return Number(this.textFrom(start));
    const value = power < 0 ? mantissa / scale : mantissa * scale;
    return isNegative ? -value : value;
  }

  /** Passes `[1, 2]`, `[[1, 2], [3]]` and the like; false where anything but numbers and lists is in it, or lists are deeper than `depth`. */
  skipNumberList(depth: number): boolean {
    if (this.peek() !== 0x5b || depth === 0) return false;
    this.at++;
    if (this.skipBlanks() === 0x5d) {
      this.at++;
      return true;
    }
    for (;;) {
      const c = this.skipBlanks();
      if (c === 0x5b) {
        if (!this.skipNumberList(depth - 1)) return false;
      } else if (Number.isNaN(this.readNumber())) return false;
      const after = this.skipBlanks();
      this.at++;
      if (after === 0x5d) return true;
      if (after !== 0x2c) return false;
    }
  }

  /** Text from `start` to the cursor, which holds signs of ASCII only. */
  textFrom(start: number): string {
    let text = '';
    for (let i = start; i < this.at; i++) text += String.fromCharCode(this.bytes[i] as number);
    return text;
  }
}
