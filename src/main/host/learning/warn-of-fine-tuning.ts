/** What speaks against moving the backbone's last blocks, said before it starts. Pure. */
import type { TrainingPlan } from '../../../core/learning.ts';

type Warning = TrainingPlan['warnings'][number];

/** Fewer boxes are learnt by heart before the blocks gain from them. */
const fewestBoxes = 100;

/** None for a recipe that leaves the backbone as it is. */
export function listFineTuningWarnings({
  fineTuning,
  boxes,
  backend,
}: Pick<TrainingPlan, 'fineTuning' | 'boxes' | 'backend'>): Warning[] {
  if (fineTuning === undefined) return [];
  const warnings: Warning[] = [];
  const { obstacle, minutes } = fineTuning;
  if (obstacle !== null) {
    warnings.push({
      code: 'plan/not-trainable',
      message: `This training will not start: ${obstacle.message}`,
      hint: obstacle.hint || 'Choose another backbone, or the detector, which leaves the backbone as it is.',
    });
  }
  if (boxes < fewestBoxes) {
    warnings.push({
      code: 'plan/few-boxes-to-fine-tune',
      message: `Only ${boxes} boxes: the moved blocks will learn them by heart rather than the fish.`,
      hint: `Take the detector until there are ${fewestBoxes} or more, then compare the two.`,
    });
  }
  if (!backend.startsWith('native') && obstacle === null) {
    const told =
      minutes === null
        ? 'It is many times slower than native TensorFlow'
        : `It would take about ${tellMinutes(minutes)}`;
    warnings.push({
      code: 'plan/slow-to-fine-tune',
      message: `The blocks would be trained on “${backend}”. ${told}, and nobody should wait for it.`,
      hint: 'Install the native engine first (engine install), or take the detector.',
    });
  }
  return warnings;
}

function tellMinutes(minutes: number): string {
  return minutes >= 90 ? `${Math.round(minutes / 60)} hours` : `${Math.max(1, Math.round(minutes))} minutes`;
}
