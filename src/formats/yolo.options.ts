/** What a person can choose when YOLO labels are read and written. */
import { z } from 'zod';

export const yoloExportOptions = z.object({
  coordinates: z
    .enum(['upright', 'raw'])
    .default('upright')
    .describe('Boxes on the photograph as seen (turned by its EXIF orientation), or on its pixels as stored'),
});
export type YoloExportOptions = z.infer<typeof yoloExportOptions>;

export const yoloImportOptions = z.object({
  coordinates: z.enum(['auto', 'upright', 'raw']).default('auto').describe('Which pixels the boxes are on'),
});
export type YoloImportOptions = z.infer<typeof yoloImportOptions>;
