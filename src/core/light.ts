/** Brightness, contrast, gamma and local contrast for looking at a photograph: numbers only, no file and no label ever changes by them. */

/** How a photograph is looked at. All neutral: as it is. */
export interface Light {
  /** Added, -1..1 of the full range; 0 is neutral. */
  readonly brightness: number;
  /** Stretched around the middle, -1..1: -1 is flat grey, 0 neutral, 1 four times. */
  readonly contrast: number;
  /** 0.2..5; above 1 brightens the dark parts, 1 is neutral. */
  readonly gamma: number;
  /** How much of the locally equalised picture is mixed in (CLAHE), 0..1. */
  readonly local: number;
}

export const neutralLight: Light = { brightness: 0, contrast: 0, gamma: 1, local: 0 };

export function isNeutral(light: Light): boolean {
  return light.brightness === 0 && light.contrast === 0 && light.gamma === 1 && light.local === 0;
}

/** The value 0..255 that each value 0..255 of a channel becomes by gamma, contrast and brightness, in this order. */
export function computeToneCurve({ brightness, contrast, gamma }: Light): Uint8Array {
  const slope = contrast < 0 ? 1 + contrast : 1 + 3 * contrast;
  return Uint8Array.from({ length: 256 }, (_, value) => {
    const lifted = (value / 255) ** (1 / gamma);
    const wanted = (lifted - 0.5) * slope + 0.5 + brightness;
    return Math.round(Math.min(Math.max(wanted, 0), 1) * 255);
  });
}

/** Tiles along each side of the picture in which contrast is equalised on its own. */
export const localTiles = 8;

/**
 * Contrast-limited adaptive histogram equalisation (Zuiderveld 1994, Graphics Gems IV): for each of 8 × 8 tiles, row by row, the luma 0..255
 * that each luma becomes. A pixel's value is mixed from the four tiles around it. `luma` is a picture of width × height values 0..255;
 * a small copy of the photograph is enough. No value of a tile may take more than `clip` times its fair share of the range, so that noise
 * in water and sky is not blown up.
 */
export function computeLocalTables(
  luma: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  clip = 3,
): Uint8Array {
  const tables = new Uint8Array(localTiles * localTiles * 256);
  for (let ty = 0; ty < localTiles; ty += 1) {
    for (let tx = 0; tx < localTiles; tx += 1) {
      const counts = new Float64Array(256);
      const [x0, x1] = spanOf(tx, width);
      const [y0, y1] = spanOf(ty, height);
      for (let y = y0; y < y1; y += 1) {
        for (let x = x0; x < x1; x += 1) {
          const value = luma[y * width + x] ?? 0;
          counts[value] = (counts[value] ?? 0) + 1;
        }
      }
      equalise(counts, clip, tables.subarray((ty * localTiles + tx) * 256, (ty * localTiles + tx + 1) * 256));
    }
  }
  return tables;
}

/** A tile of a picture smaller than the tiles still has a pixel. */
function spanOf(tile: number, length: number): [number, number] {
  const from = Math.min(Math.floor((tile * length) / localTiles), length - 1);
  return [from, Math.max(Math.floor(((tile + 1) * length) / localTiles), from + 1)];
}

function equalise(counts: Float64Array, clip: number, into: Uint8Array): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const limit = Math.max(1, (clip * total) / 256);
  let excess = 0;
  counts.forEach((count, value) => {
    if (count <= limit) return;
    excess += count - limit;
    counts[value] = limit;
  });
  const share = excess / 256;
  let below = 0;
  counts.forEach((count, value) => {
    below += count + share;
    into[value] = Math.round((255 * below) / total);
  });
}
