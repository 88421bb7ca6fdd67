/** The leak test on a project's photographs: which fish, and whether there is one. */
import { describeBackgrounds, type ImageFacts } from '../../../core/audit/image-facts.ts';
import {
  type LeakImage,
  type LeakTest,
  runLeakTest,
  sampleForLeakTest,
} from '../../../core/audit/leak-test.ts';
import { judgeLeaks } from '../../../core/audit/leak-verdict.ts';
import { findMainAxes, gatherKnown, project as projectOnto } from '../../../core/audit/near-vectors.ts';
import type { AuditReport } from '../../../core/audit/report.ts';
import { nothingClass } from '../../../core/audit/split-plan.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import { createRandom } from '../../../core/random.ts';
import type { BoxRecord } from '../../../core/records.ts';
import type { EngineOutput } from '../../../engine/messages.ts';
import type { StoredImage } from '../../db/images.repository.ts';

/** A photograph of an audit. */
export interface Subject {
  readonly image: StoredImage;
  readonly boxes: readonly BoxRecord[];
  /** Null where its file could not be read. */
  readonly facts: ImageFacts | null;
}

/** Numbers a leak suspect has at most: more only cost time. */
const mostNumbers = 24;
/** Fewer photographs with features than this tell nothing. */
const fewestKnown = 10;

/** What a backbone sees around the boxes, by image. */
type Features = ReadonlyMap<string, readonly number[]>;

/** Numbers along their main directions, at most `mostNumbers`; `surroundings` holds a row for each photograph. Empty where there are too few. */
export function reduceFeatures(
  images: readonly Subject[],
  surroundings: EngineOutput<'embedSurroundings'> | null,
): Features {
  if (surroundings === null) return new Map();
  const { table, items } = gatherKnown(surroundings);
  if (items.length < fewestKnown) return new Map();
  const axes = findMainAxes(table, Math.min(mostNumbers, table.length), createRandom(1));
  const flat = projectOnto(table, axes);
  return new Map(
    items.map((i, r) => [
      (images[i] as Subject).image.id,
      Array.from(flat.subarray(r * axes.length, (r + 1) * axes.length)),
    ]),
  );
}

const targets: readonly LeakTest['target'][] = ['class', 'presence'];

/** The photographs that the tests look at: nothing dear need be read of the others. */
export function listTested(labelled: readonly Subject[], seed: number): Subject[] {
  return [
    ...new Set(targets.flatMap((target) => sampleForLeakTest(labelled, createRandom(seed).fork(target)))),
  ];
}

/** Verdicts with their evidence, for every target that there is enough of. */
export function testLeaks(
  labelled: readonly Subject[],
  known: {
    readonly classNames: ReadonlyMap<string, string>;
    readonly chainOf: ReadonlyMap<string, string | null>;
    readonly features: Features;
    readonly seed: number;
  },
  onProgress: (progress: JobProgress) => void,
): AuditReport['leaks'] {
  const toLeakImage = ({ image, boxes, facts }: Subject, background: LeakImage['background']): LeakImage => ({
    path: image.path,
    widthPx: image.widthPx,
    heightPx: image.heightPx,
    capturedAtMs: image.capturedAtMs,
    group: image.group,
    chain: known.chainOf.get(image.id) ?? null,
    camera: facts?.camera ?? null,
    tables: facts?.tables ?? null,
    border: facts?.border ?? null,
    background,
    features: known.features.get(image.id) ?? null,
    metadata: image.metadata ?? null,
    className: classNameOf(boxes, known.classNames),
  });
  return targets.flatMap((target): AuditReport['leaks'] => {
    const random = createRandom(known.seed).fork(target);
    const sample = sampleForLeakTest(labelled, random);
    const backgrounds = describeBackgrounds(
      sample.map(({ image, boxes, facts }) =>
        facts === null ? null : { cells: facts.cells, boxes, size: image },
      ),
    );
    const images = sample.map((subject, i) => {
      const image = toLeakImage(subject, backgrounds[i] ?? null);
      if (target === 'class' || image.className === nothingClass) return image;
      return { ...image, className: 'fish' };
    });
    const steps = runLeakTest(images, target, random);
    for (;;) {
      const step = steps.next();
      if (step.done === true)
        return step.value === null ? [] : [{ ...step.value, verdict: judgeLeaks(step.value) }];
      const done = Math.round(step.value * 1000);
      onProgress({ phase: 'Looking for leaks', done, total: 1000, unit: '‰', etaMs: null });
    }
  });
}

/** A photograph counts under its largest box. */
function classNameOf(boxes: readonly BoxRecord[], names: ReadonlyMap<string, string>): string {
  const largest = boxes.reduce<BoxRecord | undefined>(
    (best, box) => (best === undefined || box.w * box.h > best.w * best.h ? box : best),
    undefined,
  );
  return largest === undefined ? nothingClass : (names.get(largest.classId) ?? largest.classId);
}
