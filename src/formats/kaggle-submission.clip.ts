/** Tunes the cut of a submission on the validation images, and says how far that can be trusted. */
import type { BoxRecord, ClassRecord, ImageRecord } from '../core/records.ts';
import { computeLabelProbabilities, type ImageProbabilities } from '../core/submission.ts';
import { type ClipRow, computeLogLoss, tuneClip } from '../core/submission-clip.ts';
import type { ReportTable } from './format.ts';

/** With fewer images a single mistake would choose the cut. */
const leastImages = 10;

/** Of an export, what the cut depends on. */
interface ClipInput {
  readonly classes: readonly ClassRecord[];
  readonly images: readonly ImageRecord[];
  readonly boxes: Iterable<BoxRecord>;
  readonly probabilities?: readonly ImageProbabilities[];
}

export interface ChosenClip {
  readonly maxFrac: number;
  readonly notes: readonly string[];
  readonly tables: readonly ReportTable[];
}

/**
 * `toRow` puts probabilities into the columns of the table. Only validation images that a person has looked at and the model has spoken of
 * count. Falls back to `otherwise`, with a note, where they are too few.
 */
export function chooseClip(
  input: ClipInput,
  otherwise: number,
  toRow: (probabilities: ImageProbabilities) => number[],
): ChosenClip {
  const said = new Map(input.probabilities?.map((row) => [row.imageId, row]));
  const known = new Set(input.classes.map(({ id }) => id));
  const labels = Map.groupBy(input.boxes, ({ imageId }) => imageId);
  const valid = input.images.filter(({ split }) => split === 'valid');
  const rows = valid.flatMap((image): ClipRow[] => {
    const row = said.get(image.id);
    const boxes = (labels.get(image.id) ?? []).filter(({ classId }) => known.has(classId));
    if (row === undefined || (boxes.length === 0 && image.state !== 'empty' && image.state !== 'reviewed'))
      return [];
    return [{ said: toRow(row), truth: toRow(computeLabelProbabilities(image.id, boxes)) }];
  });
  const tuned = rows.length < leastImages ? null : tuneClip(rows);
  if (tuned === null) {
    const note = `Only ${rows.length} validation images have both labels and probabilities of a model, too few to tune the cut on; ${otherwise} was taken.`;
    return { maxFrac: otherwise, notes: [note], tables: [] };
  }
  const { best, figures } = tuned;
  return {
    maxFrac: best.maxFrac,
    notes: [
      `Probabilities are cut to ${best.maxFrac}, which gives the lowest log loss on ${rows.length} validation images: ${best.logLoss.toFixed(4)}, against ${computeLogLoss(rows, 1).toFixed(4)} without a cut.`,
      noteGroups(input),
    ],
    tables: [
      {
        title: 'The cut, tuned on the validation images',
        head: ['highest probability', 'log loss', ''],
        rows: figures.map(({ maxFrac, logLoss }) => [
          String(maxFrac),
          logLoss.toFixed(4),
          maxFrac === best.maxFrac ? 'chosen' : maxFrac === 0.82 ? 'lesson 7' : '',
        ]),
      },
    ],
  };
}

/** A model is surer of groups it has trained on, and so a cut tuned on those is too high for others. */
function noteGroups({ images }: ClipInput): string {
  const groupsOf = (split: string): Set<string> =>
    new Set(images.flatMap((image) => (image.split === split && image.group !== null ? [image.group] : [])));
  const valid = groupsOf('valid');
  const train = groupsOf('train');
  const shared = [...valid].filter((group) => train.has(group)).length;
  if (valid.size === 0)
    return 'The validation images have no groups, so some may be near copies of training images: the cut may be too high for photographs of other boats.';
  if (shared > 0)
    return `${shared} of the ${valid.size} groups of the validation images are in training, too: the cut may be too high for other groups. A grouped split mends that.`;
  return `The validation images are of ${valid.size} groups, none of which is in training.`;
}
