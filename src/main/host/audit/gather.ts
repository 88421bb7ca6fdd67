/** Puts an audit together: facts of every readable photograph, chains, groups, splits, leaks, findings. */
import { availableParallelism } from 'node:os';
import {
  type Chain,
  centreTable,
  defaultChainSettings,
  findNearPairs,
  linkChains,
} from '../../../core/audit/find-chains.ts';
import { findOddities } from '../../../core/audit/health.ts';
import {
  decodeCells,
  describeBackground,
  type ImageFacts,
  videoOf,
} from '../../../core/audit/image-facts.ts';
import { type LeakImage, type LeakTest, runLeakTest } from '../../../core/audit/leak-test.ts';
import { judgeLeaks } from '../../../core/audit/leak-verdict.ts';
import { findMainAxes, project as projectOnto, type VectorTable } from '../../../core/audit/near-vectors.ts';
import { proposeGroups } from '../../../core/audit/propose-groups.ts';
import { type AuditReport, computeBoxShapes, countTwins } from '../../../core/audit/report.ts';
import { describeSplit, nothingClass } from '../../../core/audit/split-plan.ts';
import { createRandom } from '../../../core/random.ts';
import type { BoxRecord } from '../../../core/records.ts';
import type { EngineOutput } from '../../../engine/messages.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { JobContext } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { listReadableImages, toEngineImage } from '../learning/labelled-images.ts';
import type { OpenProject } from '../open-project.ts';
import { aloneChain, classIdsOf, handChain, shownChain } from './chains.ts';
import { joinNewImages } from './join-splits.ts';
import { readFileFacts } from './read-file-facts.ts';

export interface AuditOptions {
  readonly features: boolean;
  readonly seed: number;
}

interface Subject {
  readonly image: StoredImage;
  readonly boxes: readonly BoxRecord[];
  readonly facts: ImageFacts | null;
}

/** Numbers a leak suspect has at most: more only cost time. */
const mostNumbers = 24;

/** Audits the open project; chains found are kept with the images, everything else is in the report. */
export async function gatherAudit(
  context: HostContext,
  project: OpenProject,
  options: AuditOptions,
  job: Pick<JobContext, 'signal' | 'onProgress'>,
): Promise<AuditReport> {
  const images = listReadableImages(project);
  const boxesByImage = Map.groupBy(project.db.boxes.listAll(), (box) => box.imageId);
  const { facts, failed } = await ensureFacts(context, project, images, job);
  const subjects = images.map(
    (image): Subject => ({
      image,
      boxes: boxesByImage.get(image.id) ?? [],
      facts: facts.get(image.hash) ?? null,
    }),
  );
  const embedding = options.features ? await embed(context, project, subjects, job) : null;
  const chains = keepChains(project, subjects, embedding, options.seed);
  const chainOf = new Map(project.db.images.listAll().map((image) => [image.id, shownChain(image.chain)]));
  const random = createRandom(options.seed);
  const groups = proposeGroups(
    subjects.map(({ image, facts: own }) => ({
      ...image,
      camera: own?.camera ?? null,
      tables: own?.tables ?? null,
      chain: chainOf.get(image.id) ?? null,
    })),
    backgroundTable(subjects),
    random.fork('groups'),
  );
  const classes = project.db.classes.list();
  const classNames = new Map(classes.map(({ id, name }) => [id, name]));
  const placed = subjects.map(({ image, boxes }) => ({
    id: image.id,
    group: image.group,
    chain: chainOf.get(image.id) ?? null,
    split: image.split,
    classIds: classIdsOf(image, boxes),
  }));
  const labelled = subjects.filter(({ image, boxes }) => isTeaching(image, boxes));
  const leaks = await testLeaks(
    labelled,
    { classNames, chainOf, embedding, subjects, seed: options.seed },
    job,
  );
  return {
    format: 1,
    project: project.db.settings.get().name,
    madeAtMs: context.now(),
    revision: project.db.changes.revision(),
    seed: options.seed,
    hasFeatures: embedding !== null,
    images: images.length,
    labelled: labelled.length,
    boxes: subjects.reduce((sum, { boxes }) => sum + boxes.length, 0),
    failed,
    groups,
    chains: chains.map(({ ids, kind }) => ({ ids: [...ids], kind })),
    twins: countTwins(placed),
    split: describeSplit(placed, classNames),
    testLooks: project.db.settings.get().testLooks,
    leaks,
    findings: findOddities(
      subjects.map(({ image, boxes, facts: own }) => ({ ...image, boxes, facts: own })),
      classNames,
    ),
    balance: computeBalance(subjects, classes),
    boxShapes: computeBoxShapes(subjects.map(({ image, boxes }) => ({ ...image, boxes }))),
  };
}

function isTeaching(image: StoredImage, boxes: readonly BoxRecord[]): boolean {
  if (image.copyOf != null) return false;
  return (
    image.state === 'empty' || image.state === 'reviewed' || (image.state === 'labelled' && boxes.length > 0)
  );
}

async function ensureFacts(
  context: HostContext,
  project: OpenProject,
  images: readonly StoredImage[],
  { signal, onProgress }: Pick<JobContext, 'signal' | 'onProgress'>,
): Promise<{ facts: Map<string, ImageFacts>; failed: number }> {
  const facts = project.db.facts.list(images.map(({ hash }) => hash));
  const missing = [
    ...new Map(images.filter(({ hash }) => !facts.has(hash)).map((image) => [image.hash, image])).values(),
  ];
  const startedMs = context.now();
  let next = 0;
  let done = 0;
  let failed = 0;
  let fresh: [string, ImageFacts][] = [];
  const store = (): void => {
    const batch = fresh;
    fresh = [];
    if (batch.length > 0)
      project.db.transaction(() => batch.forEach(([hash, own]) => void project.db.facts.save(hash, own)));
  };
  const lane = async (): Promise<void> => {
    for (let image = missing[next++]; image !== undefined; image = missing[next++]) {
      signal.throwIfAborted();
      try {
        const own = await readFileFacts(project.imageFile(image.path));
        facts.set(image.hash, own);
        fresh.push([image.hash, own]);
      } catch {
        // A photograph that cannot be decoded is counted, and judged by nothing; the scan tells why.
        failed += 1;
      }
      done += 1;
      if (fresh.length >= 64) store();
      const etaMs = Math.round(((context.now() - startedMs) / done) * (missing.length - done));
      onProgress({ phase: 'Reading photographs', done, total: missing.length, unit: 'images', etaMs });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism() + 1) }, lane));
  } finally {
    store();
  }
  return { facts, failed };
}

type Embedding = EngineOutput<'embed'>;

function embed(
  context: HostContext,
  project: OpenProject,
  subjects: readonly Subject[],
  { signal, onProgress }: Pick<JobContext, 'signal' | 'onProgress'>,
): Promise<Embedding> {
  return context.engine.call(
    'embed',
    {
      images: subjects.map(({ image, boxes }) => ({
        image: toEngineImage(project, image),
        boxes: boxes.map(({ x, y, w, h }) => ({ x, y, w, h })),
      })),
      featuresDir: project.featuresDir,
      canvas: project.db.settings.get().canvas,
    },
    { signal, onProgress },
  );
}

const rowOf = ({ values, known, length }: Embedding['whole'], i: number): Float32Array | null =>
  known[i] === 1 ? values.subarray(i * length, (i + 1) * length) : null;

/** Finds chains and writes them to the images. What a person tied or untied by hand stays as it is. */
function keepChains(
  project: OpenProject,
  subjects: readonly Subject[],
  embedding: Embedding | null,
  seed: number,
): Chain[] {
  const isByHand = (chain: string | null | undefined): boolean =>
    chain != null && (chain.startsWith(handChain) || chain.startsWith(aloneChain));
  const free = subjects
    .map((subject, i) => ({ ...subject, i }))
    .filter(({ image }) => !isByHand(image.chain));
  const pairs = findNearPairs(
    free.map(({ image, facts, i }) => ({
      id: image.id,
      hash: image.hash,
      video: videoOf(image.path),
      facts,
      features: embedding === null ? null : rowOf(embedding.whole, i),
    })),
    { ...defaultChainSettings, random: createRandom(seed).fork('chains') },
  );
  const found = linkChains(
    free.map(({ image }) => image.id),
    pairs,
  );
  const nameOf = new Map(
    found.flatMap(({ ids }) => ids.map((id) => [id, `auto ${[...ids].sort()[0]}`] as const)),
  );
  project.db.transaction(() => {
    for (const { image } of free) {
      const chain = nameOf.get(image.id) ?? null;
      if (chain !== (image.chain ?? null)) project.db.images.update(image.id, { chain });
    }
    joinNewImages(project);
  });
  const byHand = Map.groupBy(
    subjects.filter(({ image }) => image.chain?.startsWith(handChain) === true),
    ({ image }) => image.chain,
  );
  return [
    ...[...byHand.values()].map((own): Chain => ({ ids: own.map(({ image }) => image.id), kind: 'almost' })),
    ...found,
  ];
}

/** Coarse colours of the whole scene, 8 × 8 cells: a fish moves few of them, a camera all. Null where there are too few to compare. */
function backgroundTable(subjects: readonly Subject[]): VectorTable | null {
  const vectors = subjects.map(({ facts }) => {
    const coarse = new Float32Array(192);
    if (facts === null) return coarse;
    decodeCells(facts.cells).forEach((value, at) => {
      const cell = Math.floor(at / 3);
      const to = (Math.floor(cell / 32) * 8 + Math.floor((cell % 16) / 2)) * 3 + (at % 3);
      coarse[to] = (coarse[to] ?? 0) + value / 4;
    });
    return coarse;
  });
  return vectors.length < 20 ? null : centreTable(vectors);
}

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

async function testLeaks(
  labelled: readonly Subject[],
  known: {
    readonly classNames: ReadonlyMap<string, string>;
    readonly chainOf: ReadonlyMap<string, string | null>;
    readonly embedding: Embedding | null;
    readonly subjects: readonly Subject[];
    readonly seed: number;
  },
  { signal, onProgress }: Pick<JobContext, 'signal' | 'onProgress'>,
): Promise<AuditReport['leaks']> {
  const indexOf = new Map(known.subjects.map(({ image }, i) => [image.id, i]));
  const features =
    known.embedding === null
      ? null
      : reduce(
          known.embedding.background,
          labelled.map(({ image }) => indexOf.get(image.id) ?? -1),
        );
  const images = labelled.map(({ image, boxes, facts }, i): LeakImage => {
    const largest = [...boxes].sort((a, b) => b.w * b.h - a.w * a.h)[0];
    return {
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
      features: features?.[i] ?? null,
      metadata: image.metadata ?? null,
      className:
        largest === undefined ? nothingClass : (known.classNames.get(largest.classId) ?? largest.classId),
    };
  });
  const targets: [LeakTest['target'], LeakImage[]][] = [
    ['class', images],
    [
      'presence',
      images.map((image) => ({
        ...image,
        className: image.className === nothingClass ? nothingClass : 'fish',
      })),
    ],
  ];
  const found: AuditReport['leaks'] = [];
  for (const [target, own] of targets) {
    const steps = runLeakTest(own, target, createRandom(known.seed).fork(target));
    let restedMs = performance.now();
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        if (step.value !== null) found.push({ ...step.value, verdict: judgeLeaks(step.value) });
        break;
      }
      onProgress({
        phase: 'Looking for leaks',
        done: Math.round(step.value * 1000),
        total: 1000,
        unit: '‰',
        etaMs: null,
      });
      // Windows go on being answered: the host has one thread.
      if (performance.now() - restedMs > 40) {
        await new Promise((resolve) => setImmediate(resolve));
        restedMs = performance.now();
        signal.throwIfAborted();
      }
    }
  }
  return found;
}

function computeBalance(
  subjects: readonly Subject[],
  classes: readonly { id: string; name: string }[],
): AuditReport['balance'] {
  const index = new Map(classes.map(({ id }, i) => [id, i]));
  const count = (own: readonly Subject[]): number[] => {
    const counts = classes.map(() => 0);
    for (const { boxes } of own)
      for (const { classId } of boxes) {
        const i = index.get(classId);
        if (i !== undefined) counts[i] = (counts[i] ?? 0) + 1;
      }
    return counts;
  };
  const total = count(subjects);
  return {
    classes: classes.map(({ id, name }, i) => ({ id, name, boxes: total[i] ?? 0 })),
    groups: [...Map.groupBy(subjects, ({ image }) => image.group ?? '')]
      .map(([name, own]) => ({
        name,
        images: own.length,
        empty: own.filter(({ image }) => image.state === 'empty').length,
        boxes: count(own),
      }))
      .sort((a, b) => b.images - a.images),
  };
}
