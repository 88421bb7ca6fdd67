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

export type PixelFacts = Omit<ImageFacts, 'sidePx' | 'camera' | 'tables'>;

/** Rec. 601, as JPEG's own luma, in thousandths: whole numbers, so that sums are exact and quick. */
const lumaThousandths = (red: number, green: number, blue: number): number =>
  299 * red + 587 * green + 114 * blue;

/** At least one pixel is needed. */
export function measurePixels(pixels: Pixels): PixelFacts {
  const { grey, spread, hashCells, colourCells } = walkRows(pixels);
  const hashGrey = new Float64Array(hashSidePx * hashSidePx);
  for (let i = 0; i < hashGrey.length; i++)
    hashGrey[i] =
      lumaThousandths(
        hashCells[i * 3] as number,
        hashCells[i * 3 + 1] as number,
        hashCells[i * 3 + 2] as number,
      ) / 1000;
  return {
    hash: formatHash(computePerceptualHash(hashGrey)),
    cells: Buffer.from(Uint8Array.from(colourCells, Math.round)).toString('base64'),
    border: measureBorder(pixels),
    meanGrey: spread.mean / 1000,
    greyDeviation: spread.deviation / 1000,
    sharpness: measureSharpness(grey, pixels.width, pixels.height) / 1000,
  };
}

/** Grey values in thousandths with their spread, and the mean R G B of every cell of two grids that cover the whole picture, whatever its shape. */
function walkRows({ data, width, height, channels }: Pixels) {
  // One channel is grey: it stands for all three.
  const [second, third] = channels < 3 ? [0, 0] : [1, 2];
  const grey = new Int32Array(width * height);
  const hashGrid = createGrid(hashSidePx, width, height);
  const colourGrid = createGrid(cellSide, width, height);
  // Sums are wanted at the edges of cells only.
  const edges = [...new Set([...hashGrid.edges, ...colourGrid.edges])].sort((a, b) => a - b);
  const before = new Float64Array((width + 1) * 3);
  let sum = 0;
  let square = 0;
  let at = 0;
  let pixel = 0;
  for (let y = 0; y < height; y++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let x = 0;
    for (const edge of edges) {
      for (; x < edge; x++) {
        const r = data[at] as number;
        const g = data[at + second] as number;
        const b = data[at + third] as number;
        const value = lumaThousandths(r, g, b);
        grey[pixel++] = value;
        sum += value;
        square += value * value;
        red += r;
        green += g;
        blue += b;
        at += channels;
      }
      before[edge * 3] = red;
      before[edge * 3 + 1] = green;
      before[edge * 3 + 2] = blue;
    }
    hashGrid.addRow(y, before);
    colourGrid.addRow(y, before);
  }
  return {
    grey,
    spread: toSpread(sum, square, width * height),
    hashCells: hashGrid.means(),
    colourCells: colourGrid.means(),
  };
}

/** Sums of side × side cells, given for each row the sums of R G B over all pixels before each of the `edges`. */
function createGrid(side: number, width: number, height: number) {
  const columns = Array.from({ length: side }, (_, cell) => spanOf(cell, side, width));
  const rows = Array.from({ length: side }, (_, cell) => spanOf(cell, side, height));
  const sums = new Float64Array(side * side * 3);
  let first = 0;
  return {
    edges: columns.flat(),
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
  const [second, third] = channels < 3 ? [0, 0] : [1, 2];
  return edges.flatMap(([left, top, right, bottom]) => {
    let [red, green, blue] = [0, 0, 0];
    let [redSquare, greenSquare, blueSquare] = [0, 0, 0];
    for (let y = top; y < bottom; y++) {
      const end = (y * width + right) * channels;
      for (let at = (y * width + left) * channels; at < end; at += channels) {
        const r = data[at] as number;
        const g = data[at + second] as number;
        const b = data[at + third] as number;
        red += r;
        green += g;
        blue += b;
        redSquare += r * r;
        greenSquare += g * g;
        blueSquare += b * b;
      }
    }
    const n = (right - left) * (bottom - top);
    return [
      toSpread(red, redSquare, n),
      toSpread(green, greenSquare, n),
      toSpread(blue, blueSquare, n),
    ].flatMap(({ mean, deviation }) => [mean, deviation]);
  });
}

/** Deviation of the Laplacian (Pech-Pacheco et al. 2000): small where nothing has an edge. */
function measureSharpness(grey: Int32Array, width: number, height: number): number {
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
