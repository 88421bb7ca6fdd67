/** VIAME CSV: what VIAME and DIVE, the tools of marine surveys, exchange. */
import { z } from 'zod';
import { defineFormat } from './define-format.ts';
import type { Detection, FileTree } from './format.ts';
import { exportCoordinates, importCoordinates } from './option-parts.ts';
import { scoreCut } from './score-cut.ts';
import { hasExtension, readStart, splitLines } from './text.ts';
import { readViame } from './viame.read.ts';
import { writeViame } from './viame.write.ts';

const exportOptions = z.object({ coordinates: exportCoordinates });
export type ViameExportOptions = z.infer<typeof exportOptions>;

const importOptions = z.object({
  coordinates: importCoordinates,
  minScore: scoreCut('Detections whose class score is below this are left out and counted'),
});
export type ViameImportOptions = z.infer<typeof importOptions>;

export const viameFormat = defineFormat({
  id: 'viame',
  title: 'VIAME CSV',
  description:
    'One CSV with a row for each box, its class scores, notes and points, as VIAME and DIVE have it.',
  extensions: ['.csv'],
  options: exportOptions,
  importOptions,
  loses: [
    'DIVE rounds corners to whole pixels when it reads them.',
    'It lists boxes only: images without one, and what was said of them, are in the manifest alone.',
    'Splits, groups, colours and keys of classes are only in the manifest.',
  ],
  precisionPx: 1e-6,
  detect: detectViame,
  read: readViame,
  write: writeViame,
});

async function detectViame(files: FileTree): Promise<Detection> {
  let best: Detection = { confidence: 0, reason: 'no CSV with nine columns of tracks, frames and corners' };
  for await (const file of files.list()) {
    if (!hasExtension(file.path, '.csv')) continue;
    const text = await readStart(file);
    const rows = splitLines(text).filter((line) => line !== '' && !line.startsWith('#'));
    const head = /^#\s*1:\s*Detection or Track-id/im.test(text);
    const fits = rows.slice(0, 20).filter(looksLikeRow).length;
    const share = rows.length === 0 ? 0 : fits / Math.min(20, rows.length);
    const confidence = head ? 0.97 : share > 0.5 ? 0.5 + 0.4 * share : 0;
    if (confidence > best.confidence)
      best = {
        confidence,
        reason: head
          ? `“${file.path}” has the heading of VIAME detections`
          : `“${file.path}” has rows of VIAME detections`,
      };
  }
  return best;
}

/** Track, name, frame, four corners, confidence, length: all numbers but the name. */
function looksLikeRow(line: string): boolean {
  return /^\s*\d+\s*,(?:"[^"]*"|[^",]*),\s*-?\d*\s*(?:,\s*-?[\d.]+(?:e[-+]?\d+)?\s*){6}(?:,|$)/i.test(line);
}
