/** What a person can choose when Pascal VOC files are read and written. */
import { z } from 'zod';
import { exportCoordinates, importCoordinates, importWithoutBoxes } from './option-parts.ts';

export const vocExportOptions = z.object({
  coordinates: exportCoordinates,
  origin: z
    .enum(['one-based', 'zero-based'])
    .default('one-based')
    .meta({
      description:
        'Whole pixels counted from 1, both ends included, as the VOC specification has it; or edges from 0 with decimals, as labelImg and CVAT write',
      examples: ['zero-based'],
    }),
});
export type VocExportOptions = z.infer<typeof vocExportOptions>;

export const vocImportOptions = z.object({
  coordinates: importCoordinates,
  origin: z
    .enum(['auto', 'one-based', 'zero-based'])
    .default('auto')
    .meta({
      description:
        'Whether pixels count from 1 (both ends included) or are edges from 0; found out from the numbers where they tell',
      examples: ['zero-based'],
    }),
  withoutBoxes: importWithoutBoxes,
});
export type VocImportOptions = z.infer<typeof vocImportOptions>;
