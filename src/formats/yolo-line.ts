/** One line of a YOLO label file: `class cx cy w h`, with a score, an outline or key points after it. */
import { boxFromCorners, type NormBox } from '../core/geometry.ts';

export interface YoloRow {
  readonly classId: number;
  /** In fractions of the image. May lie outside of it. */
  readonly box: NormBox;
  /** What followed the class: a box, a box with a sixth number, an outline of points, a box with key points. */
  readonly kind: 'box' | 'outline' | 'points';
  /** The number after a box or an outline: a score or the number of a track. */
  readonly sixth: number | undefined;
}

/** Reads a line that is not blank. `keypointNumbers`: how many numbers of key points follow each box (0 for none). Returns a sentence when it is none. */
export function parseYoloLine(line: string, keypointNumbers: number): YoloRow | string {
  const numbers = line.trim().split(/\s+/).map(Number);
  if (numbers.length < 5) return 'the line has fewer than five numbers';
  if (!numbers.every(Number.isFinite)) return 'the line holds something that is not a finite number';
  const [classId = -1, cx = 0, cy = 0, w = 0, h = 0, sixth] = numbers;
  if (!Number.isSafeInteger(classId) || classId < 0) return 'its class is not a whole number from 0';
  const box = { cx, cy, w, h };
  if (numbers.length === 5) return { classId, box, kind: 'box', sixth: undefined };
  if (keypointNumbers > 0 && numbers.length === 5 + keypointNumbers)
    return { classId, box, kind: 'points', sixth: undefined };
  if (numbers.length === 6) return { classId, box, kind: 'box', sixth };
  // A predicted outline has its score after the pairs.
  if (numbers.length % 2 === 0)
    return { classId, box: boundOutline(numbers.slice(0, -1)), kind: 'outline', sixth: numbers.at(-1) };
  return { classId, box: boundOutline(numbers), kind: 'outline', sixth: undefined };
}

/** True for text with a line that could be a label among its first fifty; one bad line does not hide a file. */
export function looksLikeLabels(text: string): boolean {
  const lines = text.slice(0, 20_000).split(/\r\n|\n|\r/, 50);
  return lines.some((line) => /^\s*\d+(\.0+)?(\s+[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?){4,}\s*$/.test(line));
}

/**
 * What the sixth numbers of a data set are, from some of its lines: scores when one lies between 0 and 1, for numbers of tracks are
 * whole; undefined when no line has a sixth number.
 */
export function guessSixth(texts: readonly string[], keypointNumbers: number): 'score' | 'track' | undefined {
  let any = false;
  for (const line of texts.flatMap((text) => text.split(/\r\n|\n|\r/))) {
    if (line.trim() === '') continue;
    const row = parseYoloLine(line, keypointNumbers);
    if (typeof row === 'string' || row.sixth === undefined) continue;
    if (row.sixth > 1 || row.sixth < 0) return 'track';
    if (!Number.isInteger(row.sixth)) return 'score';
    any = true;
  }
  return any ? 'track' : undefined;
}

/** The box around the points after the class number. */
function boundOutline(numbers: readonly number[]): NormBox {
  const xs = numbers.slice(1).filter((_, i) => i % 2 === 0);
  const ys = numbers.slice(1).filter((_, i) => i % 2 === 1);
  const min = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
  const max = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));
  const { x, y, w, h } = boxFromCorners({ x: min(xs), y: min(ys) }, { x: max(xs), y: max(ys) });
  return { cx: x + w / 2, cy: y + h / 2, w, h };
}
