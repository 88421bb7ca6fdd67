/** Class colours that colour-blind eyes can tell apart: the first eight of Okabe and Ito (2008), then evenly spread hues. */

// Their black is a mid grey here: it has to show on dark photographs.
const okabeIto = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
  '#999999',
] as const;

/** The colour for the class at a position (0-based) of the list, `#rrggbb`. */
export function classColorAt(position: number): string {
  const known = okabeIto[position];
  if (known !== undefined) return known;
  // The golden angle keeps neighbours far apart however many there are.
  return hslToHex((position * 137.508) % 360, 0.62, 0.58);
}

/** The digit key for the class at a position: `1`..`9`, `0`, then none. */
export function classKeyAt(position: number): string | null {
  return position < 10 ? String((position + 1) % 10) : null;
}

/** Two names with the same key are one class: case, blanks, control characters and Unicode form do not tell fish apart: `" Yft"` and `"YFT"`. */
export function classNameKey(name: string): string {
  // Composed again at the end: small letters of some capitals come apart.
  return name
    .normalize('NFKC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .toLowerCase()
    .normalize('NFKC');
}

function hslToHex(hueDegrees: number, saturation: number, lightness: number): string {
  const channel = (offset: number): string => {
    const k = (offset + hueDegrees / 30) % 12;
    const value =
      lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
