/** What a person can choose when YOLO labels are read and written. */
import { z } from 'zod';
import { exportCoordinates, importCoordinates } from './option-parts.ts';
import { scoreCut } from './score-cut.ts';

export const yoloExportOptions = z.object({
  layout: z
    .enum(['ultralytics', 'darknet'])
    .default('ultralytics')
    .meta({
      description:
        'Folders of images and labels, as Ultralytics reads them; or labels beside the photographs, as Darknet and CVAT (YOLO 1.1) do',
      examples: ['darknet'],
    }),
  coordinates: exportCoordinates,
});
export type YoloExportOptions = z.infer<typeof yoloExportOptions>;

export const yoloImportOptions = z.object({
  coordinates: importCoordinates,
  sixth: z
    .enum(['auto', 'score', 'track', 'ignore'])
    .default('auto')
    .meta({
      description:
        'A sixth number in each line: a score, the number of a track, or nothing; found out over all lines, since a score is never above 1',
      examples: ['score'],
    }),
  minScore: scoreCut('Boxes with a score below this are left out and counted; boxes without one are taken', {
    example: 0.25,
  }),
});
export type YoloImportOptions = z.infer<typeof yoloImportOptions>;
