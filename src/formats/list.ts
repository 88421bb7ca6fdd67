/** Every label format the studio knows. A new one is its file and one line here. */
import { cocoFormat } from './coco.format.ts';
import type { Format } from './format.ts';
import { kaggleSubmissionFormat } from './kaggle-submission.format.ts';
import { ncfmFormat } from './ncfm.format.ts';
import { yoloFormat } from './yolo.format.ts';

export const formats: readonly Format[] = [cocoFormat, yoloFormat, ncfmFormat, kaggleSubmissionFormat];

/** The format of that id, or undefined. */
export function findFormat(id: string): Format | undefined {
  return formats.find((format) => format.id === id);
}
