/** Chooses the format of files a person pointed at. */
import { AppError } from '../core/errors.ts';
import type { Detection, FileTree, Format } from './format.ts';

/** Below this no format is taken for granted. */
const MIN_CONFIDENCE = 0.3;

export interface DetectedFormat extends Detection {
  readonly format: Format;
}

/** What every format says of the files, surest first. */
export async function listDetections(files: FileTree, formats: readonly Format[]): Promise<DetectedFormat[]> {
  const found: DetectedFormat[] = [];
  for (const format of formats) found.push({ format, ...(await format.detect(files)) });
  return found.sort((a, b) => b.confidence - a.confidence);
}

/**
 * The format that claims the files most surely. Throws `format/unknown`, naming what was looked for, when none does, and
 * `format/export-only` when the files are of a kind that holds no labels to import.
 */
export async function detectFormat(files: FileTree, formats: readonly Format[]): Promise<DetectedFormat> {
  const found = await listDetections(files, formats);
  const best = found[0];
  if (best === undefined || best.confidence < MIN_CONFIDENCE) {
    throw new AppError({
      code: 'format/unknown',
      message: `No known label format was found, so nothing was imported. Looked for: ${found.map(({ format, reason }) => `${format.title} (${reason})`).join('; ')}.`,
      hint: 'Point at the folder or file that the labelling tool exported, or name the format yourself.',
      details: { looked: found.map(({ format, reason }) => ({ format: format.id, reason })) },
    });
  }
  if (!best.format.canImport) {
    throw new AppError({
      code: 'format/export-only',
      message: `These files are ${best.format.title}, which holds no boxes to import. Nothing was changed.`,
      hint: 'Point at the label files instead.',
      details: { format: best.format.id, reason: best.reason },
    });
  }
  return best;
}
