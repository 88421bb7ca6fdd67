/** The leak test on a project's photographs: which fish, and whether there is one. */
import { describeBackground, type ImageFacts } from '../../../core/audit/image-facts.ts';
import {
  type LeakImage,
  type LeakTest,
  runLeakTest,
  sampleForLeakTest,
} from '../../../core/audit/leak-test.ts';
import { judgeLeaks } from '../../../core/audit/leak-verdict.ts';
import { findMainAxes, project as projectOnto } from '../../../core/audit/near-vectors.ts';
import type { AuditReport } from '../../../core/audit/report.ts';
import { nothingClass } from '../../../core/audit/split-plan.ts';
import type { JobProgress } from '../../../core/jobs.ts';
import { createRandom } from '../../../core/random.ts';
import type { BoxRecord } from '../../../core/records.ts';
import type { EngineOutput } from '../../../engine/messages.ts';
import type { StoredImage } from '../../db/images.repository.ts';

export type Embedding = EngineOutput<'embed'>;

/** A photograph of an audit. */
export interface Subject {
  readonly image: StoredImage;
  readonly boxes: readonly BoxRecord[];
  /** Null where its file could not be read. */
  readonly facts: ImageFacts | null;
}

/** Numbers a leak suspect has at most: more only cost time. */
const mostNumbers = 24;

/** Numbers along their main directions, at most `mostNumbers`. */
function reduce(embedding: Embedding['background'], rows: readonly number[]): (number[] | null)[] {
  const known = rows.filter((i) => embedding.known[i] === 1);
  if (known.length < 10) return rows.map(() => null);
  const values = new Float32Array(known.length * embedding.length);
  for (const [r, i] of known.entries())
    values.set(
      embedding.values.subarray(i * embedding.length, (i + 1) * embedding.length),
      r * embedding.length,
    );
  const table = { values, length: embedding.length, count: known.length };
  const axes = findMainAxes(table, Math.min(mostNumbers, embedding.length), createRandom(1));
  const flat = projectOnto(table, axes);
  const at = new Map(known.map((i, r) => [i, r]));
  return rows.map((i) => {
    const r = at.get(i);
    return r === undefined ? null : Array.from(flat.subarray(r * axes.length, (r + 1) * axes.length));
  });
}

/** A photograph that teaches, and its row in the embedding. */
export interface Labelled extends Subject {
  readonly row: number;
}

/** Verdicts with their evidence, for every target that there is enough of. Nothing dear is read of photographs beyond the test's sample. */
export function testLeaks(
  labelled: readonly Labelled[],
  known: {
    readonly classNames: ReadonlyMap<string, string>;
    readonly chainOf: ReadonlyMap<string, string | null>;
    readonly embedding: Embedding | null;
    readonly seed: number;
  },
  onProgress: (progress: JobProgress) => void,
): AuditReport['leaks'] {
  const rows = labelled.map(({ row }) => row);
  const features = known.embedding === null ? null : reduce(known.embedding.background, rows);
  const toLeakImage = ({ image, boxes, facts }: Labelled, place: number): LeakImage => ({
    path: image.path,
    widthPx: image.widthPx,
    heightPx: image.heightPx,
    capturedAtMs: image.capturedAtMs,
    group: image.group,
    chain: known.chainOf.get(image.id) ?? null,
    camera: facts?.camera ?? null,
    tables: facts?.tables ?? null,
    border: facts?.border ?? null,
    background: facts === null ? null : describeBackground(facts, boxes, image),
    features: features?.[place] ?? null,
    metadata: image.metadata ?? null,
    className: classNameOf(boxes, known.classNames),
  });
  const places = labelled.map((_, place) => place);
  const targets: LeakTest['target'][] = ['class', 'presence'];
  return targets.flatMap((target): AuditReport['leaks'] => {
    const random = createRandom(known.seed).fork(target);
    const images = sampleForLeakTest(places, random).map((place) => {
      const image = toLeakImage(labelled[place] as Labelled, place);
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
