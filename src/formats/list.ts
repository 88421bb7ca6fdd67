/** Every label format the studio knows. A new one is its file and one line here. */
import { cocoFormat } from './coco.format.ts';
import type { Format } from './format.ts';

export const formats: readonly Format[] = [cocoFormat];

export function findFormat(id: string): Format | undefined {
  return formats.find((format) => format.id === id);
}
