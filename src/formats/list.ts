/** Every label format the studio knows. A new one is its file and one line here. */
import { cocoFormat } from './coco.format.ts';
import { csvFormat } from './csv.format.ts';
import { cvatFormat } from './cvat.format.ts';
import type { Format } from './format.ts';
import { kaggleDatasetFormat } from './kaggle-dataset.format.ts';
import { kaggleSubmissionFormat } from './kaggle-submission.format.ts';
import { labelStudioFormat } from './label-studio.format.ts';
import { labelmeFormat } from './labelme.format.ts';
import { megadetectorFormat } from './megadetector.format.ts';
import { ncfmFormat } from './ncfm.format.ts';
import { viameFormat } from './viame.format.ts';
import { vocFormat } from './voc.format.ts';
import { vottFormat } from './vott.format.ts';
import { yoloFormat } from './yolo.format.ts';

export const formats: readonly Format[] = [
  cocoFormat,
  yoloFormat,
  vocFormat,
  cvatFormat,
  labelmeFormat,
  labelStudioFormat,
  viameFormat,
  megadetectorFormat,
  vottFormat,
  csvFormat,
  ncfmFormat,
  kaggleDatasetFormat,
  kaggleSubmissionFormat,
];

/** The format of that id, or undefined. */
export function findFormat(id: string): Format | undefined {
  return formats.find((format) => format.id === id);
}
