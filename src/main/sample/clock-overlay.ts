/** Burns a clock into a picture's corner, as deck cameras do, with a pixel font of our own: no system font decides the bytes. */

/** Rows of five bits, top to bottom, for the characters a clock needs. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 6, 8, 16, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  '-': [0, 0, 0, 31, 0, 0, 0],
  ':': [0, 4, 4, 0, 4, 4, 0],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};

/** Writes `YYYY-MM-DD hh:mm:ss` (UTC) at the lower left of an RGB picture, white with a dark edge, two pixels a dot. */
export function writeClock(
  pixels: Uint8Array,
  size: { widthPx: number; heightPx: number },
  atMs: number,
): void {
  const text = new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
  const dot = size.widthPx > 1400 ? 3 : 2;
  const top = size.heightPx - dot * 12;
  for (const [value, grow] of [
    [16, 1],
    [236, 0],
  ] as const) {
    [...text].forEach((character, column) => {
      const rows = glyphs[character] ?? [];
      rows.forEach((bits, row) => {
        for (let bit = 0; bit < 5; bit++) {
          if (((bits >> (4 - bit)) & 1) === 0) continue;
          const left = dot * 6 + (column * 6 + bit) * dot;
          fill(pixels, size.widthPx, left - grow, top + row * dot - grow, dot + 2 * grow, value);
        }
      });
    });
  }
}

function fill(
  pixels: Uint8Array,
  widthPx: number,
  left: number,
  top: number,
  side: number,
  value: number,
): void {
  for (let y = top; y < top + side; y++) {
    const start = (y * widthPx + left) * 3;
    pixels.fill(value, start, start + side * 3);
  }
}
