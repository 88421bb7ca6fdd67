/** What every codec owes whatever it is given: counts that add up, boxes that are boxes, and faults told as application errors. */
import { expect } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { FileTree, Format, FormatReport, ImportedRecords } from '../../src/formats/format.ts';
import type { ImageLookup } from '../../src/formats/image-lookup.ts';

const sum = (report: FormatReport, key: 'images' | 'boxes') =>
  report.skipped.reduce((total, item) => total + item[key], 0);

/** In = out + skipped. */
export function expectCountsAddUp(report: FormatReport): void {
  expect(report.seen).toEqual({
    images: report.images + sum(report, 'images'),
    boxes: report.boxes + sum(report, 'boxes'),
  });
}

/** Detects and reads; gives the records, or the application error that was thrown. Anything else fails the test. */
export async function expectOnlyAppErrors(
  format: Format,
  files: FileTree,
  lookup: ImageLookup,
): Promise<ImportedRecords | AppError> {
  const detection = await format.detect(files);
  expect(detection.confidence).toBeGreaterThanOrEqual(0);
  expect(detection.confidence).toBeLessThanOrEqual(1);
  try {
    const records = await format.read(files, lookup);
    expectCountsAddUp(records.report);
    for (const box of records.boxes)
      expect([box.x, box.y, box.w, box.h].every(Number.isFinite) && box.w > 0 && box.h > 0).toBe(true);
    return records;
  } catch (thrown) {
    // `format/unreadable` is the net under a codec: a fault that reaches it is one the codec should have told itself.
    if (!(thrown instanceof AppError) || thrown.code === 'format/unreadable') throw thrown;
    expect(thrown.message.length * thrown.hint.length).toBeGreaterThan(0);
    return thrown;
  }
}
