import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeDetectionMetrics } from '../../src/core/metrics.ts';
import { createRandom } from '../../src/core/random.ts';
import type { BoxRecord, PredictionRecord } from '../../src/core/records.ts';
import { cocoFormat } from '../../src/formats/coco.format.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, makeImage } from '../helpers/file-trees.ts';
import { evaluateWithPycocotools, findPycocotools } from '../helpers/pycocotools.ts';

/** 30 images with truth, near misses, wrong classes, equal scores and one turned photograph. */
function makeProject(): ExportInput {
  const random = createRandom(11);
  const classes = ['cod', 'eel', 'ray', 'tuna'].map((name, position) => ({
    id: `class-${name}`,
    name,
    color: '#000000',
    key: null,
    scientificName: null,
    position,
  }));
  const images = Array.from({ length: 30 }, (_, i) =>
    makeImage(`boat ${i % 3}/${i}.jpg`, {
      state: 'reviewed',
      ...(i === 4 ? { rawWidthPx: 480, rawHeightPx: 640, orientation: 6 } : {}),
    }),
  );
  const boxes: BoxRecord[] = [];
  const predictions: PredictionRecord[] = [];
  for (const image of images) {
    for (let n = random.int(7); n > 0; n--) {
      const box = {
        x: random.range(0, 500),
        y: random.range(0, 380),
        w: random.range(10, 140),
        h: random.range(10, 100),
      };
      const { id: classId } = random.pick(classes.slice(0, 3));
      boxes.push(makeBox(image.id, classId, box, `b${boxes.length}`));
      for (let m = random.int(3); m > 0; m--) {
        const near = {
          x: box.x + 8 * random.gaussian(),
          y: box.y + 8 * random.gaussian(),
          w: box.w * random.range(0.8, 1.2),
          h: box.h * random.range(0.8, 1.2),
        };
        const guess = random.next() < 0.8 ? classId : random.pick(classes).id;
        predictions.push({
          id: `p${predictions.length}`,
          modelId: 'm',
          imageId: image.id,
          classId: guess,
          ...near,
          score: random.int(20) / 20,
          probabilities: [],
          status: 'pending',
          boxId: null,
        });
      }
    }
  }
  return { projectName: 'Golden', classes, images, boxes, predictions, nowMs: 0 };
}

const python = findPycocotools();
describe.skipIf(python === undefined)(
  'pycocotools (skipped when no Python has it: pip install pycocotools)',
  () => {
    it.each(['upright', 'raw'])(
      'gives our export, truth and results on %s pixels, the figures that we compute',
      async (coordinates) => {
        const project = makeProject();
        const files = await drainExport(cocoFormat.write(project, { coordinates }));
        const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-coco-'));
        try {
          for (const name of ['annotations.json', 'results.json'])
            writeFileSync(path.join(dir, name), files[name] ?? '');
          const theirs = evaluateWithPycocotools(
            python ?? '',
            path.join(dir, 'annotations.json'),
            path.join(dir, 'results.json'),
          );
          const ours = computeDetectionMetrics({
            imageIds: project.images.map(({ id }) => id),
            classIds: project.classes.map(({ id }) => id),
            truth: project.boxes.map((box) => ({ ...box, box })),
            detections: (project.predictions ?? []).map((prediction) => ({ ...prediction, box: prediction })),
          });
          expect(theirs.map).toBeGreaterThan(0.05);
          for (const name of ['map', 'map50', 'map75'] as const) {
            expect(Math.abs((ours[name] ?? Number.NaN) - theirs[name])).toBeLessThan(1e-6);
          }
        } finally {
          rmSync(dir, { recursive: true, force: true });
        }
      },
    );
  },
);
