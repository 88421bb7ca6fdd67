/** What an audit measures on a small picture of a photograph: perceptual hash, cells, edges, brightness and sharpness, in one walk over its rows. */
import { cellSide, type ImageFacts } from '../../../core/audit/image-facts.ts';
import { computePerceptualHash, formatHash, hashSidePx } from '../../../core/audit/perceptual-hash.ts';

/** Values 0..255 row by row, `channels` a pixel: one is grey, three or more begin with R G B. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export type PixelFacts = Omit<ImageFacts, 'camera' | 'tables'>;

/** Rec. 601, as JPEG's own luma. */
const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue;

/** At least one pixel is needed. */
export function measurePixels(pixels: Pixels): PixelFacts {
  const { grey, hashCells, colourCells } = walkRows(pixels);
  const { mean, deviation } = spreadOf(grey);
  const hashGrey = new Float64Array(hashSidePx * hashSidePx);
  for (let i = 0; i < hashGrey.length; i++)
    hashGrey[i] = luma(
      hashCells[i * 3] as number,
      hashCells[i * 3 + 1] as number,
      hashCells[i * 3 + 2] as number,
    );
  return {
    hash: formatHash(computePerceptualHash(hashGrey)),
    cells: Buffer.from(Uint8Array.from(colourCells, Math.round)).toString('base64'),
    border: measureBorder(pixels),
    meanGrey: mean,
    greyDeviation: deviation,
    sharpness: measureSharpness(grey, pixels.width, pixels.height),
  };
}

/** Grey values, and the mean R G B of every cell of two grids that cover the whole picture, whatever its shape. */
function walkRows({ data, width, height, channels }: Pixels) {
  // One channel is grey: it stands for all three.
  const [second, third] = channels < 3 ? [0, 0] : [1, 2];
  const grey = new Float32Array(width * height);
  const before = new Float64Array((width + 1) * 3);
  const hashGrid = createGrid(hashSidePx, width, height);
  const colourGrid = createGrid(cellSide, width, height);
  for (let y = 0; y < height; y++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const r = data[at] as number;
      const g = data[at + second] as number;
      const b = data[at + third] as number;
      grey[y * width + x] = channels < 3 ? r : luma(r, g, b);
      red += r;
      green += g;
      blue += b;
      before[x * 3 + 3] = red;
      before[x * 3 + 4] = green;
      before[x * 3 + 5] = blue;
    }
    hashGrid.addRow(y, before);
    colourGrid.addRow(y, before);
  }
  return { grey, hashCells: hashGrid.means(), colourCells: colourGrid.means() };
}

/** Sums of side × side cells, given for each row the sums of R G B over all pixels before each place. */
function createGrid(side: number, width: number, height: number) {
  const columns = Array.from({ length: side }, (_, cell) => spanOf(cell, side, width));
  const rows = Array.from({ length: side }, (_, cell) => spanOf(cell, side, height));
  const sums = new Float64Array(side * side * 3);
  let first = 0;
  return {
    addRow: (y: number, before: Float64Array): void => {
      while (first < side && (rows[first]?.[1] ?? 0) <= y) first += 1;
      // Of a picture lower than the grid a row of pixels is in several rows of cells.
      for (let row = first; row < side && (rows[row]?.[0] ?? 0) <= y; row++)
        for (let column = 0; column < side; column++) {
          const [left, right] = columns[column] as [number, number];
          const at = (row * side + column) * 3;
          for (let c = 0; c < 3; c++)
            sums[at + c] =
              (sums[at + c] as number) + (before[right * 3 + c] as number) - (before[left * 3 + c] as number);
        }
    },
    means: (): Float64Array =>
      sums.map((sum, i) => {
        const cell = Math.floor(i / 3);
        const [top, bottom] = rows[Math.floor(cell / side)] as [number, number];
        const [left, right] = columns[cell % side] as [number, number];
        return sum / ((bottom - top) * (right - left));
      }),
  };
}

/** The pixels of a cell, at least one. */
function spanOf(cell: number, cells: number, length: number): [number, number] {
  const from = Math.min(length - 1, Math.floor((cell * length) / cells));
  return [from, Math.max(from + 1, Math.floor(((cell + 1) * length) / cells))];
}

function spreadOf(values: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    sum += value;
    square += value * value;
  }
  return toSpread(sum, square, values.length);
}

function toSpread(sum: number, square: number, n: number): { mean: number; deviation: number } {
  const mean = sum / n;
  return { mean, deviation: Math.sqrt(Math.max(0, square / n - mean * mean)) };
}

/** Mean and deviation of R, G and B along the top, right, bottom and left edge, a sixteenth of the side deep. */
function measureBorder({ data, width, height, channels }: Pixels): number[] {
  const [deepX, deepY] = [Math.max(1, Math.round(width / 16)), Math.max(1, Math.round(height / 16))];
  const edges = [
    [0, 0, width, deepY],
    [width - deepX, 0, width, height],
    [0, height - deepY, width, height],
    [0, 0, deepX, height],
  ] as const;
  return edges.flatMap(([left, top, right, bottom]) =>
    [0, 1, 2].flatMap((c) => {
      const channel = Math.min(c, channels - 1);
      let sum = 0;
      let square = 0;
      for (let y = top; y < bottom; y++) {
        const end = (y * width + right) * channels;
        for (let at = (y * width + left) * channels + channel; at < end; at += channels) {
          const value = data[at] as number;
          sum += value;
          square += value * value;
        }
      }
      const { mean, deviation } = toSpread(sum, square, (right - left) * (bottom - top));
      return [mean, deviation];
    }),
  );
}

/** Deviation of the Laplacian (Pech-Pacheco et al. 2000): small where nothing has an edge. */
function measureSharpness(grey: Float32Array, width: number, height: number): number {
  if (width < 3 || height < 3) return 0;
  let sum = 0;
  let square = 0;
  for (let y = 1; y < height - 1; y++)
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const value =
        4 * (grey[at] as number) -
        (grey[at - 1] as number) -
        (grey[at + 1] as number) -
        (grey[at - width] as number) -
        (grey[at + width] as number);
      sum += value;
      square += value * value;
    }
  return toSpread(sum, square, (width - 2) * (height - 2)).deviation;
}
