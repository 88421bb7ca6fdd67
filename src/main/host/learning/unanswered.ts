/**
 * Suggestions without an answer on photographs of which others have one. The review asks for single suggestions, so a photograph may be
 * labelled while fish of it still wait: nobody has said that these are background. docs/decisions/0010.
 */
import type { BoxRecord } from '../../../core/records.ts';
import { defaultCutScore } from '../../../core/review.ts';
import type { AnsweredBeside } from '../../db/review.repository.ts';
import { isAnswered } from '../hidden-suggestions.ts';
import type { OpenProject } from '../open-project.ts';

/** Upright image pixels. */
export type UnansweredPlace = Pick<AnsweredBeside, 'x' | 'y' | 'w' | 'h'>;

/** The places without an answer by image; images that have none are not in it. */
export function findUnanswered(
  { db }: OpenProject,
  boxesByImage: ReadonlyMap<string, readonly BoxRecord[]>,
): Map<string, UnansweredPlace[]> {
  const suggests = db.models.findPinned()?.id ?? null;
  const found = new Map<string, UnansweredPlace[]>();
  for (const [imageId, said] of Map.groupBy(db.review.listOnAnswered(), (one) => one.imageId)) {
    const places = listUnanswered(said, boxesByImage.get(imageId) ?? [], suggests);
    if (places.length > 0) found.set(imageId, places);
  }
  return found;
}

/**
 * Of one photograph, what nobody knows: suggestions that were put aside, and those that wait, of the model that suggests or of one that was
 * answered here, from the score on that was shown. That is {@link defaultCutScore}, or lower where a weaker one was answered: then the person
 * had moved the cut. Empty where nothing was answered: such a photograph was labelled by drawing.
 */
export function listUnanswered(
  said: readonly AnsweredBeside[],
  boxes: readonly BoxRecord[],
  suggests: string | null,
): UnansweredPlace[] {
  const answered = said.filter(({ status }) => status !== 'pending');
  if (answered.length === 0) return [];
  const from = Math.min(defaultCutScore, ...answered.map(({ score }) => score));
  const asked = new Set([suggests, ...answered.map(({ modelId }) => modelId)]);
  const isOpen = ({ status, score, modelId }: AnsweredBeside): boolean =>
    status === 'unsure' || (status === 'pending' && score >= from && asked.has(modelId));
  return said.filter((one) => isOpen(one) && !isAnswered(one, 'labelled', boxes, []));
}
