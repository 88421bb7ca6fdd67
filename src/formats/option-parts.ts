/** Options that several formats share, each with a text for the form and an example. */
import { z } from 'zod';

/** Export: on which pixels boxes are written. */
export const exportCoordinates = z
  .enum(['upright', 'raw'])
  .default('upright')
  .meta({
    description:
      'Boxes on the photograph as seen (turned by its EXIF orientation), or on its pixels as stored',
    examples: ['raw'],
  });

/** Import: on which pixels boxes are. */
export const importCoordinates = z
  .enum(['auto', 'upright', 'raw'])
  .default('auto')
  .meta({
    description: 'Which pixels the boxes are on: found out from the sizes, as seen, or as stored',
    examples: ['raw'],
  });

/** Import: what an image listed without boxes means. */
export const importWithoutBoxes = z
  .enum(['empty', 'unseen'])
  .default('empty')
  .meta({
    description: 'An image listed without boxes: looked at and empty, or not looked at',
    examples: ['unseen'],
  });

/** Export: whether images that nobody has looked at are listed. */
export const exportUnseen = z
  .enum(['write', 'leave-out'])
  .default('write')
  .meta({
    description: 'Images that nobody has looked at: list them without boxes, or leave them out',
    examples: ['leave-out'],
  });
