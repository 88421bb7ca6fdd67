/** What a person can choose when COCO files are read and written. */
import { z } from 'zod';

export const cocoExportOptions = z.object({
  split: z
    .enum(['one-file', 'per-split'])
    .default('one-file')
    .describe('One file for all images, or one for each of train, val and test'),
  coordinates: z
    .enum(['upright', 'raw'])
    .default('upright')
    .describe('Boxes on the photograph as seen (turned by its EXIF orientation), or on its pixels as stored'),
  unseen: z
    .enum(['write', 'leave-out'])
    .default('write')
    .describe('Images that nobody has looked at: list them without boxes, or leave them out'),
});
export type CocoExportOptions = z.infer<typeof cocoExportOptions>;

export const cocoImportOptions = z.object({
  coordinates: z.enum(['auto', 'upright', 'raw']).default('auto').describe('Which pixels the boxes are on'),
  withoutBoxes: z
    .enum(['empty', 'unseen'])
    .default('empty')
    .describe('An image listed without boxes: looked at and empty, or not looked at'),
  crowd: z.enum(['skip', 'keep']).default('skip').describe('Regions of many animals (iscrowd)'),
  results: z
    .enum(['auto', 'import', 'ignore'])
    .default('auto')
    .describe('Lists of model results: taken when there are no labels, always, or never'),
});
export type CocoImportOptions = z.infer<typeof cocoImportOptions>;
