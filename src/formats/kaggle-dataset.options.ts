/** What a person can choose for a Kaggle data set. Limits are those of Kaggle's own client. */
import { z } from 'zod';

/** The length as Kaggle's client counts it, which is in Python: a sign beyond the first 65,536 is one. */
export const countSigns = (text: string): number => [...text].length;

/** Licence names that Kaggle knows; exactly one is given. */
const licences = [
  'unknown',
  'CC0-1.0',
  'CC-BY-4.0',
  'CC-BY-SA-4.0',
  'CC-BY-NC-4.0',
  'CC-BY-NC-SA-4.0',
  'ODbL-1.0',
  'copyright-authors',
  'other',
] as const;

export const kaggleDatasetOptions = z.object({
  title: z
    .string()
    .refine(
      (text) => text === '' || (countSigns(text) >= 6 && countSigns(text) <= 50),
      'A title has 6 to 50 characters.',
    )
    .default('')
    .meta({
      description: 'Title, 6 to 50 characters; made of the project’s name when left empty',
      examples: ['Reef fish of Palau'],
    }),
  subtitle: z
    .string()
    .refine(
      (text) => text === '' || (countSigns(text) >= 20 && countSigns(text) <= 80),
      'A subtitle has 20 to 80 characters.',
    )
    .default('')
    .meta({
      description: 'Subtitle, 20 to 80 characters, or none',
      examples: ['Boxes around 12 species of reef fish'],
    }),
  owner: z
    .string()
    .regex(/^[a-z0-9-]*$/i, 'A Kaggle name has letters, digits and hyphens.')
    .default('')
    .meta({
      description: 'Your name on Kaggle, which begins the data set’s address',
      examples: ['ada-lovelace'],
    }),
  slug: z
    .string()
    .regex(
      /^([a-z0-9][a-z0-9-]{4,48}[a-z0-9])?$/,
      'An address has 6 to 50 small letters, digits and hyphens.',
    )
    .default('')
    .meta({
      description:
        'The end of its address, 6 to 50 small letters, digits and hyphens; made of the title when left empty',
      examples: ['palau-reef-fish'],
    }),
  licence: z
    .enum(licences)
    .default('unknown')
    .meta({
      description: 'The licence of photographs and labels; Kaggle asks for exactly one',
      examples: ['CC-BY-4.0'],
    }),
  keywords: z
    .string()
    .default('')
    .meta({ description: 'Keywords that Kaggle knows, with commas between', examples: ['fish, animals'] }),
  labels: z
    .string()
    .regex(/^[a-z0-9-]+(\s*,\s*[a-z0-9-]+)*$/, 'Names of formats with commas between, such as coco,csv.')
    .default('coco,csv')
    .meta({
      description:
        'Formats of the labels, with commas between; the first is the one that our own import reads',
      examples: ['coco,yolo,csv'],
    }),
  images: z
    .enum(['zip', 'none'])
    .default('zip')
    .meta({
      description: 'The photographs, unchanged, in one archive; or labels alone',
      examples: ['none'],
    }),
});
export type KaggleDatasetOptions = z.infer<typeof kaggleDatasetOptions>;
