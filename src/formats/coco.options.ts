/** What a person can choose when COCO files are read and written. */
import { z } from 'zod';
import { exportCoordinates, exportUnseen, importCoordinates, importWithoutBoxes } from './option-parts.ts';
import { scoreCut } from './score-cut.ts';

export const cocoExportOptions = z.object({
  split: z
    .enum(['one-file', 'per-split'])
    .default('one-file')
    .meta({
      description: 'One file for all images, or one for each of train, val and test',
      examples: ['per-split'],
    }),
  coordinates: exportCoordinates,
  unseen: exportUnseen,
});
export type CocoExportOptions = z.infer<typeof cocoExportOptions>;

export const cocoImportOptions = z.object({
  coordinates: importCoordinates,
  withoutBoxes: importWithoutBoxes,
  crowd: z
    .enum(['skip', 'keep'])
    .default('skip')
    .meta({ description: 'Regions of many animals (iscrowd)', examples: ['keep'] }),
  results: z
    .enum(['auto', 'import', 'ignore'])
    .default('auto')
    .meta({
      description: 'Lists of model results: taken when there are no labels, always, or never',
      examples: ['import'],
    }),
  minScore: scoreCut('Boxes with a score below this are left out and counted; boxes without one are taken'),
});
export type CocoImportOptions = z.infer<typeof cocoImportOptions>;
