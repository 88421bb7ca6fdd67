/** The choices of the image list's filter, and what each asks of the host. */
import type { ImageFilter } from '../../../contract/host-api.ts';

export const filterChoices = [
  'all',
  'unseen',
  'labelled',
  'reviewed',
  'empty',
  'suggestions',
  'train',
  'valid',
  'problems',
] as const;
export type FilterChoice = (typeof filterChoices)[number];

/** The host's filter for a choice and a text typed into the search field. */
export function makeFilter(choice: FilterChoice, text: string): ImageFilter {
  const typed = text.trim() === '' ? {} : { text: text.trim() };
  switch (choice) {
    case 'all':
      return typed;
    case 'suggestions':
      return { ...typed, hasSuggestions: true };
    case 'problems':
      return { ...typed, hasProblem: true };
    case 'train':
    case 'valid':
      return { ...typed, split: choice };
    default:
      return { ...typed, states: [choice] };
  }
}
