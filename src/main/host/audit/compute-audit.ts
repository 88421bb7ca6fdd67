/** Puts an audit together: facts of every readable photograph, chains, groups, splits, leaks, findings. Knows nothing of threads and writes nothing. */
import { joinSeenBackgrounds, tableOfBackgrounds } from '../../../core/audit/backgrounds.ts';
import {
  type Chain,
  defaultChainSettings,
  findNearPairs,
  linkChains,
} from '../../../core/audit/find-chains.ts';
import { findOddities } from '../../../core/audit/health.ts';
import { videoOf } from '../../../core/audit/image-facts.ts';
import { proposeGroups } from '../../../core/audit/propose-groups.ts';
import { type AuditReport, computeBoxShapes, countTwins } from '../../../core/audit/report.ts';
import { describeSplit } from '../../../core/audit/split-plan.ts';
import { createRandom } from '../../../core/random.ts';
import type { Split } from '../../../core/records.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { ProjectReader } from '../../db/project-reader.ts';
import { isReadable, toEngineImage } from '../learning/labelled-images.ts';
import { aloneChain, classIdsOf, handChain, shownChain } from './chains.ts';
import type { BoxedImages, TableKind, Tables } from './data-messages.ts';
import { ensureFacts, type FactsReading } from './ensure-facts.ts';
import { listJoins } from './join-splits.ts';
import { listTested, reduceFeatures, type Subject, testLeaks } from './test-leaks.ts';

export interface AuditOptions {
  readonly features: boolean;
  readonly seed: number;
}

/** The outside world of an audit. */
export interface AuditPorts extends FactsReading {
  /** Features of photographs with what lies away from their boxes, or of parts without a box by themselves. */
  embed<K extends TableKind>(what: K, images: BoxedImages): Promise<Tables<K>>;
}

/** What an audit would write to an image, and how the image was when the audit looked at it. */
export interface ChainChange {
  readonly id: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface Audit {
  readonly report: AuditReport;
  readonly chains: readonly ChainChange[];
  /** Sides that images which were on none join. */
  readonly joins: ReadonlyMap<string, Split>;
}

/** Audits a project as it is now. The same rows, seed and features give the same audit. */
export async function computeAudit(
  project: Omit<ProjectReader, 'close'>,
  options: AuditOptions,
  ports: AuditPorts,
): Promise<Audit> {
  const { settings, classes, revision, subjects, failed } = await readSubjects(project, ports);
  const { seed } = options;
  const { features } = options;
  const toBoxed = ({ image, boxes }: Subject): BoxedImages[number] => ({
    image: toEngineImage(ports, image),
    boxes: boxes.map(({ x, y, w, h }) => ({ x, y, w, h })),
  });
  const embedding = features ? await ports.embed('embed', subjects.map(toBoxed)) : null;
  const { chains, changes } = findChains(subjects, embedding, seed);
  const chainOf = chainsAfter(subjects, changes);
  const joins = listJoins(
    subjects.map(({ image }) => ({ ...image, chain: chainOf.get(image.id) ?? null })),
    settings,
  );
  const random = createRandom(seed);
  const colours = tableOfBackgrounds(subjects.map(({ facts }) => facts?.cells ?? null));
  const groups = proposeGroups(
    subjects.map(({ image, facts }) => ({
      ...image,
      camera: facts?.camera ?? null,
      tables: facts?.tables ?? null,
      chain: chainOf.get(image.id) ?? null,
    })),
    embedding === null ? colours : joinSeenBackgrounds(colours, embedding.background),
    random.fork('groups'),
  );
  const classNames = new Map(classes.map(({ id, name }) => [id, name]));
  const placed = subjects.map(({ image, boxes }) => ({
    id: image.id,
    group: image.group,
    chain: chainOf.get(image.id) ?? null,
    split: image.split ?? joins.get(image.id) ?? null,
    classIds: classIdsOf(
      image,
      boxes.map(({ classId }) => classId),
    ),
  }));
  const labelled = subjects.filter(isTeaching);
  const tested = features ? listTested(labelled, seed) : [];
  const surroundings = features ? await ports.embed('embedSurroundings', tested.map(toBoxed)) : null;
  const report: AuditReport = {
    format: 1,
    project: settings.name,
    madeAtMs: ports.now(),
    revision,
    seed,
    hasFeatures: embedding !== null,
    images: subjects.length,
    labelled: labelled.length,
    boxes: subjects.reduce((sum, { boxes }) => sum + boxes.length, 0),
    failed,
    groups,
    chains: chains.map(({ ids, kind }) => ({ ids: [...ids], kind })),
    twins: countTwins(placed),
    split: describeSplit(placed, classNames),
    testLooks: settings.testLooks,
    leaks: testLeaks(
      labelled,
      { classNames, chainOf, seed, features: reduceFeatures(tested, surroundings) },
      ports.onProgress,
    ),
    findings: findOddities(
      subjects.map(({ image, boxes, facts }) => ({ ...image, boxes, facts })),
      classNames,
    ),
    balance: computeBalance(subjects, classes),
    boxShapes: computeBoxShapes(subjects.map(({ image, boxes }) => ({ ...image, boxes }))),
  };
  return { report, chains: changes, joins };
}

/** Rows of one moment, with what is known of each photograph's file. */
async function readSubjects(project: Omit<ProjectReader, 'close'>, ports: AuditPorts) {
  const { images, boxes, facts, ...rest } = project.atOneMoment(() => {
    const readable = project.images.listAll().filter(isReadable);
    return {
      settings: project.settings.get(),
      classes: project.classes.list(),
      revision: project.changes.revision(),
      images: readable,
      boxes: Map.groupBy(project.boxes.listAll(), (box) => box.imageId),
      facts: project.facts.list(readable.map(({ hash }) => hash)),
    };
  });
  const failed = await ensureFacts(images, facts, ports);
  const subjects = images.map(
    (image): Subject => ({
      image,
      boxes: boxes.get(image.id) ?? [],
      facts: facts.get(image.hash) ?? null,
    }),
  );
  return { ...rest, subjects, failed };
}

function isTeaching({ image, boxes }: Subject): boolean {
  if (image.copyOf != null) return false;
  return (
    image.state === 'empty' || image.state === 'reviewed' || (image.state === 'labelled' && boxes.length > 0)
  );
}

const rowOf = ({ values, known, length }: Tables<'embed'>['whole'], i: number): Float32Array | null =>
  known[i] === 1 ? values.subarray(i * length, (i + 1) * length) : null;

const isByHand = ({ chain }: StoredImage): boolean =>
  chain != null && (chain.startsWith(handChain) || chain.startsWith(aloneChain));

/** Chains, and what of them is not with the images yet. What a person tied or untied by hand stays as it is. */
function findChains(
  subjects: readonly Subject[],
  embedding: Tables<'embed'> | null,
  seed: number,
): { chains: Chain[]; changes: ChainChange[] } {
  const free = subjects.map((subject, i) => ({ ...subject, i })).filter(({ image }) => !isByHand(image));
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
    found.flatMap(({ ids }) => {
      const [first] = [...ids].sort();
      return ids.map((id) => [id, `auto ${first}`] as const);
    }),
  );
  const changes = free.flatMap(({ image: { id, chain } }): ChainChange[] => {
    const [from, to] = [chain ?? null, nameOf.get(id) ?? null];
    return from === to ? [] : [{ id, from, to }];
  });
  const byHand = Map.groupBy(
    subjects.filter(({ image }) => image.chain?.startsWith(handChain) === true),
    ({ image }) => image.chain,
  );
  const tied = [...byHand.values()].map(
    (own): Chain => ({ ids: own.map(({ image }) => image.id), kind: 'almost' }),
  );
  return { chains: [...tied, ...found], changes };
}

/** The chain of each image as a person sees it, once the changes are made. */
function chainsAfter(
  subjects: readonly Subject[],
  changes: readonly ChainChange[],
): Map<string, string | null> {
  const changed = new Map(changes.map(({ id, to }) => [id, to]));
  return new Map(
    subjects.map(({ image: { id, chain } }) => {
      const own = changed.get(id);
      return [id, shownChain(own === undefined ? chain : own)];
    }),
  );
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
