/** The newest report of a model on each split, kept in its folder, with the state of the labels it judged by. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type EvaluationReport, evaluationReportSchema } from '../../../core/evaluation.ts';
import { writeFileAtomically } from '../atomic-file.ts';

const storedSchema = z.object({
  report: evaluationReportSchema,
  evaluatedAtMs: z.number(),
  /** The project's revision then. */
  revision: z.number(),
});
export type StoredEvaluation = z.infer<typeof storedSchema>;

function fileIn(modelDir: string, split: string): string {
  return path.join(modelDir, `evaluation-${split}.json`);
}

/** Replaces the report of the same split. */
export function saveEvaluation(
  modelDir: string,
  report: EvaluationReport,
  when: Pick<StoredEvaluation, 'evaluatedAtMs' | 'revision'>,
): void {
  writeFileAtomically(fileIn(modelDir, report.split), JSON.stringify({ report, ...when }));
}

/** Undefined when there is none, or one written by another version of the studio. */
export function findEvaluation(modelDir: string, split: string): StoredEvaluation | undefined {
  try {
    return storedSchema.parse(JSON.parse(readFileSync(fileIn(modelDir, split), 'utf8')));
  } catch {
    // A report can always be made again from the model and the labels.
    return undefined;
  }
}
