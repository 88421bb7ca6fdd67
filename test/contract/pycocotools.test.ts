import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeDetectionMetrics, type DetectionInput } from '../../src/core/metrics.ts';
import { createRandom } from '../../src/core/random.ts';
import type { BoxRecord, PredictionRecord } from '../../src/core/records.ts';
import { cocoFormat } from '../../src/formats/coco.format.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, makeImage } from '../helpers/file-trees.ts';
import {
  evaluateManyWithPycocotools,
  evaluateWithPycocotools,
  findPycocotools,
} from '../helpers/pycocotools.ts';

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
          head: null,
          tail: null,
        });
      }
    }
  }
  return { projectName: 'Golden', classes, images, boxes, predictions, nowMs: 0 };
}

/**
 * A small world drawn from a seed: images and classes without truth, images without suggestions, crowds (also classes that are nothing
 * but crowds), equal scores within and between images, the same box twice, boxes on whole pixels whose IoU falls on the cuts, boxes of
 * hardly any size, and now and then more than a hundred suggestions an image and class.
 */
function drawWorld(seed: number): DetectionInput {
  const random = createRandom(seed);
  const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));
  const imageIds = ids(1 + random.int(9));
  const classIds = ids(1 + random.int(5));
  const [levels, crowdFrac, snap, noise] = [
    random.pick([1, 2, 5, 1000]),
    random.pick([0, 0, 0.2, 1]),
    random.next() < 0.5,
    random.pick([0, 0.03, 0.1, 0.3]),
  ];
  const number = (value: number) => (snap ? Math.round(value) : Math.round(value * 1000) / 1000);
  const side = (value: number) => Math.max(snap ? 1 : 0.001, number(value));
  const drawBox = () => ({
    x: number(random.range(-5, 90)),
    y: number(random.range(-5, 90)),
    w: side(random.range(0, 50)),
    h: side(random.range(0, 50)),
  });
  const truth: DetectionInput['truth'][number][] = [];
  const detections: DetectionInput['detections'][number][] = [];
  const suggest = (imageId: string, classId: string, box: ReturnType<typeof drawBox>) =>
    detections.push({ imageId, classId, box, score: (1 + random.int(levels)) / levels });
  for (const imageId of imageIds) {
    for (let n = random.int(5); n > 0; n--) {
      const [classId, box] = [random.pick(classIds), drawBox()];
      truth.push({ imageId, classId, box, crowd: random.next() < crowdFrac });
      for (let m = random.int(4); m > 0; m--) {
        const move = (value: number, by: number) => number(value + noise * by * random.gaussian());
        const near = {
          x: move(box.x, box.w),
          y: move(box.y, box.h),
          w: side(move(box.w, box.w)),
          h: side(move(box.h, box.h)),
        };
        suggest(imageId, random.next() < 0.8 ? classId : random.pick(classIds), near);
      }
    }
    for (let n = random.next() < 0.05 ? 150 : random.int(4); n > 0; n--)
      suggest(imageId, classIds[0] ?? '', drawBox());
  }
  // COCO's reader wants one result at least.
  if (detections.length === 0) suggest(imageIds[0] ?? '', classIds[0] ?? '', drawBox());
  return { imageIds, classIds, truth, detections: random.shuffle(detections) };
}

function toCoco({ imageIds, classIds, truth, detections }: DetectionInput) {
  const bbox = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) => [x, y, w, h];
  return {
    truth: {
      info: {},
      images: imageIds.map((id) => ({ id: Number(id), width: 640, height: 480, file_name: `${id}.jpg` })),
      categories: classIds.map((id) => ({ id: Number(id), name: id })),
      annotations: truth.map(({ imageId, classId, box, crowd }, i) => ({
        id: i + 1,
        image_id: Number(imageId),
        category_id: Number(classId),
        bbox: bbox(box),
        area: box.w * box.h,
        iscrowd: crowd === true ? 1 : 0,
      })),
    },
    results: detections.map(({ imageId, classId, box, score }) => ({
      image_id: Number(imageId),
      category_id: Number(classId),
      bbox: bbox(box),
      score,
    })),
  };
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

    // Python and its packages start slowly on a busy machine.
    it('finds in 400 worlds drawn at random, class by class, the figures that we compute', {
      timeout: 180_000,
    }, () => {
      const worlds = Array.from({ length: 400 }, (_, seed) => drawWorld(seed));
      const theirs = evaluateManyWithPycocotools(python ?? '', worlds.map(toCoco));
      const rounded = (value: number | null | undefined) =>
        typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value;
      worlds.forEach((world, seed) => {
        const ours = computeDetectionMetrics(world);
        const figures = {
          stats: [ours.map, ours.map50, ours.map75],
          perClass: ours.perClass.map(({ ap, ap50, recall50 }) => [ap, ap50, recall50]),
        };
        const wanted = theirs[seed] ?? { stats: [], perClass: [] };
        expect(figures.perClass).toHaveLength(wanted.perClass.length);
        [...figures.stats, ...figures.perClass.flat()].forEach((value, i) => {
          const other = [...wanted.stats, ...wanted.perClass.flat()][i];
          if (typeof value !== 'number' || typeof other !== 'number')
            expect(rounded(value), `world ${seed}, figure ${i}`).toBe(rounded(other));
          else expect(Math.abs(value - other), `world ${seed}, figure ${i}`).toBeLessThan(1e-6);
        });
      });
      expect(theirs.filter(({ stats }) => (stats[0] ?? 0) > 0.2).length).toBeGreaterThan(50);
      expect(theirs.filter(({ stats }) => stats[0] === null).length).toBeGreaterThan(5);
    });
  },
);
