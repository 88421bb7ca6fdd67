/** What an audit knows of a photograph besides its labels: read from the file once, kept under its content hash. */
import { z } from 'zod';

/** Side of the small picture of cells that facts keep. */
export const cellSide = 16;

/**
 * Longest side of the picture that facts are measured on, in pixels. What was measured on another is no fact any more and is read from the file
 * again, so that a photograph's sharpness stands beside its like.
 */
export const factsSidePx = 384;

export const imageFactsSchema = z.object({
  sidePx: z.literal(factsSidePx),
  /** Perceptual hash, 16 hexadecimal digits; see `perceptual-hash.ts`. */
  hash: z.string().regex(/^[0-9a-f]{16}$/),
  /** Maker, model and serial number as the camera writes them; null where it writes nothing. */
  camera: z.string().nullable(),
  /** A name for the JPEG's quantisation tables: the same camera or program at the same quality writes the same; null for other formats. */
  tables: z.string().nullable(),
  /** Mean colour of 16 × 16 cells over the whole photograph, R G B each 0..255, row by row, in base64. */
  cells: z.string(),
  /** Per edge (top, right, bottom, left; a sixteenth of the side deep): mean and standard deviation of R, G and B, 0..255. */
  border: z.array(z.number()).length(24),
  /** Mean grey, 0..255, and its standard deviation. */
  meanGrey: z.number(),
  greyDeviation: z.number(),
  /** Standard deviation of the Laplacian of the grey photograph at that size, 0..; low where everything is blurred. */
  sharpness: z.number(),
});
export type ImageFacts = z.infer<typeof imageFactsSchema>;

/** Values 0..255 of base64 text: 16·16·3 for `cells`. Works in every environment. */
export function decodeCells(base64: string): Uint8Array {
  const text = atob(base64);
  const values = new Uint8Array(text.length);
  for (let i = 0; i < values.length; i++) values[i] = text.charCodeAt(i);
  return values;
}

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Cells, as in {@link ImageFacts}, that no box touches. Boxes are upright pixels of an image of that size. */
export function listFreeCells(
  boxes: readonly Rect[],
  size: { readonly widthPx: number; readonly heightPx: number },
): number[] {
  const free: number[] = [];
  const [w, h] = [size.widthPx / cellSide, size.heightPx / cellSide];
  for (let row = 0; row < cellSide; row++)
    for (let column = 0; column < cellSide; column++) {
      const isTouched = boxes.some(
        (box) =>
          box.x < (column + 1) * w &&
          box.x + box.w > column * w &&
          box.y < (row + 1) * h &&
          box.y + box.h > row * h,
      );
      if (!isTouched) free.push(row * cellSide + column);
    }
  return free;
}

/** A photograph's cells with its boxes, in upright pixels of an image of that size. */
export interface BoxedCells {
  readonly cells: string;
  readonly boxes: readonly Rect[];
  readonly size: { readonly widthPx: number; readonly heightPx: number };
}

/**
 * What each background is coloured like, with the boxes masked out: mean, deviation and the 10th, 50th and 90th percentile of each channel
 * over the free cells, each less what is usual of the photographs at its place. So it says nothing of where boxes are: without them the middle of a deck,
 * where fish lie, is seen as well. Null where boxes leave fewer than eight cells.
 */
export function describeBackgrounds(photographs: readonly (BoxedCells | null)[]): (number[] | null)[] {
  const sums = new Float64Array(cellSide ** 2 * 3);
  const counts = new Uint32Array(cellSide ** 2);
  const read = photographs.map((photograph) => {
    if (photograph === null) return null;
    const free = listFreeCells(photograph.boxes, photograph.size);
    const colours = decodeCells(photograph.cells);
    for (const cell of free) {
      counts[cell] = (counts[cell] ?? 0) + 1;
      for (let at = cell * 3; at < cell * 3 + 3; at++) sums[at] = (sums[at] ?? 0) + (colours[at] ?? 0);
    }
    return { free, colours };
  });
  const usual = sums.map((sum, at) => sum / (counts[Math.floor(at / 3)] ?? 1));
  return read.map((own) => (own === null ? null : describeColours(own.free, own.colours, usual)));
}

function describeColours(
  free: readonly number[],
  colours: ArrayLike<number>,
  usual: Float64Array,
): number[] | null {
  if (free.length < 8) return null;
  return [0, 1, 2].flatMap((channel) => {
    const values = free
      .map((cell) => (colours[cell * 3 + channel] ?? 0) - (usual[cell * 3 + channel] ?? 0))
      .sort((a, b) => a - b);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    const at = (share: number): number => values[Math.round(share * (values.length - 1))] ?? 0;
    return [mean, deviation, at(0.1), at(0.5), at(0.9)];
  });
}

/** The name of a file with its digits as `#` and long runs of hexadecimal digits as `*`: `img_00012.jpg` and `img_00013.jpg` give the same. */
export function namePattern(path: string): string {
  const name = path.split('/').at(-1) ?? '';
  return name
    .toLowerCase()
    .replaceAll(/[0-9a-f]{12,}/g, '*')
    .replaceAll(/\d+/g, '#');
}

/** The folder of a path, empty for the top one. */
export function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

/** Words that programs put into the names of frames they cut from videos. */
const videoName = /(mov|mp4|avi|mkv|m4v|frame|clip|video)/;

/** What frames of one video share: the name without the last of two or more numbers, where the name speaks of a video; else null. */
export function videoOf(path: string): string | null {
  const name = (path.split('/').at(-1) ?? '').toLowerCase().replaceAll(/[0-9a-f]{12,}/g, '*');
  const numbers = [...name.matchAll(/\d+/g)];
  const last = numbers.at(-1);
  if (numbers.length < 2 || last === undefined || !videoName.test(name)) return null;
  return `${name.slice(0, last.index)}#${name.slice(last.index + last[0].length)}`;
}

/** The last number of a file's name, for the order of a series; null where it has none. Long hexadecimal runs are no numbers. */
export function seriesNumber(path: string): number | null {
  const name = (path.split('/').at(-1) ?? '').toLowerCase().replaceAll(/[0-9a-f]{12,}/g, '');
  const found = name.match(/\d+/g)?.at(-1);
  return found === undefined ? null : Number(found.slice(0, 12));
}
