/** What a person should know before training starts, each with what to do about it. Pure. */
import { countOf } from '../../../core/count.ts';
import type { TrainingPlan } from '../../../core/learning.ts';

type Warning = TrainingPlan['warnings'][number];

export type PlanFacts = Pick<
  TrainingPlan,
  'trainImages' | 'validImages' | 'boxes' | 'groups' | 'perClass' | 'splitBy'
> & {
  /** Labelled images that cannot be read. */
  readonly unusable: number;
  /** Of each labelled image, how many suggestions wait for an answer although others of it have one. */
  readonly unanswered: readonly number[];
};

/** Below this a model mostly repeats what it saw. */
const fewImages = 20;
const fewBoxesAClass = 5;

/** The warnings in the order to read them; none when all is well. */
export function listPlanWarnings(facts: PlanFacts): Warning[] {
  const warnings: Warning[] = [];
  const warn: Warn = (code, message, hint) => void warnings.push({ code, message, hint });
  warnOfImages(facts, warn);
  warnOfUnanswered(facts, warn);
  warnOfClasses(facts, warn);
  return warnings;
}

type Warn = (code: string, message: string, hint: string) => void;

function warnOfImages(facts: PlanFacts, warn: Warn): void {
  const { trainImages, validImages, groups } = facts;
  if (trainImages < fewImages) {
    warn(
      'plan/few-images',
      `Only ${trainImages} images to learn from. Suggestions will be rough.`,
      'Label more images; even 20 help much. Images without fish count too: mark them empty.',
    );
  }
  if (validImages === 0) {
    warn(
      'plan/no-validation',
      'No labelled image is left to judge the model on, so no score can be given.',
      'Label images of at least two groups (cameras, boats), or mark some for validation.',
    );
  } else if (validImages < 5) {
    warn(
      'plan/few-validation',
      `Only ${validImages} images judge the model: its score will be uncertain.`,
      'Label a few more images of other groups.',
    );
  }
  if (groups === 1) {
    warn(
      'plan/one-group',
      'All labelled images come from one group (camera, boat). The model may learn that group rather than the fish.',
      'Label images of other groups too.',
    );
  }
  if (facts.splitBy === 'random' && groups > 1) {
    warn(
      'plan/random-split',
      'Images of one group are on both sides of the division, so the score will look better than it is.',
      'Divide by groups for an honest score.',
    );
  }
  if (facts.unusable > 0) {
    warn(
      'plan/unusable-images',
      `${facts.unusable} labelled images cannot be read and are left out.`,
      'Filter the image list by problems to see them.',
    );
  }
}

function warnOfUnanswered({ unanswered }: PlanFacts, warn: Warn): void {
  const images = unanswered.filter((n) => n > 0).length;
  if (images === 0) return;
  const places = unanswered.reduce((sum, n) => sum + n, 0);
  warn(
    'plan/unanswered',
    `${countOf(places, 'suggestion')} on ${countOf(images, 'labelled image')} without an answer: such places teach nothing, neither fish nor background.`,
    'Answer them in Review, or mark a finished image as reviewed (Q): then what is left there counts as background.',
  );
}

function warnOfClasses({ perClass, trainImages, validImages }: PlanFacts, warn: Warn): void {
  const seen = perClass.filter((entry) => entry.trainBoxes + entry.validBoxes > 0);
  const unseen = perClass.filter((entry) => entry.trainBoxes === 0);
  if (unseen.length > 0 && seen.length > 0) {
    warn(
      'plan/unseen-class',
      `No training box of: ${names(unseen)}. The model cannot learn these.`,
      'Label some, or delete the class when it is not needed.',
    );
  }
  const rare = seen.filter((entry) => entry.trainBoxes > 0 && entry.trainBoxes < fewBoxesAClass);
  if (rare.length > 0 && trainImages >= fewImages) {
    warn(
      'plan/rare-class',
      `Fewer than ${fewBoxesAClass} training boxes of: ${names(rare)}.`,
      'Label more of these; the image list filters by class.',
    );
  }
  const unjudged = seen.filter((entry) => entry.validBoxes === 0);
  if (unjudged.length > 0 && validImages > 0) {
    warn(
      'plan/class-not-validated',
      `No validation box of: ${names(unjudged)}. The score says nothing about these.`,
      'Label some in another group.',
    );
  }
}

function names(entries: readonly { name: string }[]): string {
  const shown = entries.slice(0, 8).map((entry) => entry.name);
  return entries.length > shown.length
    ? `${shown.join(', ')} and ${entries.length - shown.length} more`
    : shown.join(', ');
}
