/** What the audit finds of what was planted in drawn photographs, and what it finds that was not: copies, boats, and a leak of several strengths. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AuditReport } from '../src/core/audit/report.ts';
import { createHost } from '../src/main/host/host.ts';
import { makePlantedProject, type PlantedProject } from '../test/helpers/planted-project.ts';
import { whenOver } from '../test/helpers/test-host.ts';
import type { Bench, BenchFigure } from './bench.ts';

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
const strengths = [1, 0.5, 0];
/** With the backbone's features too; they take some seconds a project. */
const features = process.env.CATCHLIGHT_BENCH_FEATURES === '1';
const images = 100;
const copies = 12;

interface Score {
  readonly strength: number;
  readonly copiesFound: number;
  /** Other pairs: of one boat, and of two. */
  readonly scenes: number;
  readonly copiesFalse: number;
  /** Proposed groups that hold one boat alone, of all proposed. */
  readonly pureGroups: number;
  readonly groups: number;
  /** Suspects that tell the class; empty where no leak was found. */
  readonly leaks: readonly string[];
  /** Whether there is a fish was told: nothing of the kind is planted at any strength. */
  readonly isPresenceTold: boolean;
  readonly power: number | null;
}

async function audit(seed: number, strength: number): Promise<Score> {
  const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-'));
  const host = await createHost({ shell: 'serve', userDataDir: path.join(dir, 'home') });
  try {
    const options = { imagesDir: path.join(dir, 'photos'), seed, images, leak: strength, copies };
    const planted = await makePlantedProject(host.api, options);
    const { jobId } = await host.api.startAudit({ features, seed });
    await whenOver(host.api, jobId);
    const report = await host.api.audit();
    if (report === null) throw new Error('the audit left no report');
    return score(strength, planted, report);
  } finally {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function score(strength: number, { manifest, idOf }: PlantedProject, report: AuditReport): Score {
  const pairs = new Set(
    report.chains.flatMap(({ ids }) => ids.flatMap((a) => ids.map((b) => (a < b ? `${a} ${b}` : '')))),
  );
  pairs.delete('');
  const planted = manifest.images.flatMap(({ fileName, copyOf }) => {
    if (copyOf === undefined) return [];
    const [a = '', b = ''] = [idOf.get(fileName) ?? '', idOf.get(copyOf) ?? ''].sort();
    return [`${a} ${b}`];
  });
  const found = planted.filter((pair) => pairs.has(pair)).length;
  const others = [...pairs].filter((pair) => !planted.includes(pair));
  const boatOf = new Map(manifest.images.map(({ fileName, group }) => [idOf.get(fileName) ?? '', group]));
  const isOneBoat = (pair: string): boolean =>
    new Set(pair.split(' ').map((id) => boatOf.get(id))).size === 1;
  const { groups } = report.groups;
  const [test, presence] = (['class', 'presence'] as const).map((wanted) =>
    report.leaks.find(({ target }) => target === wanted),
  );
  return {
    strength,
    copiesFound: found,
    scenes: others.filter(isOneBoat).length,
    copiesFalse: others.filter((pair) => !isOneBoat(pair)).length,
    pureGroups: groups.filter(({ imageIds }) => new Set(imageIds.map((id) => boatOf.get(id))).size === 1)
      .length,
    groups: groups.length,
    leaks: (test?.suspects ?? []).flatMap(({ id, figures }) =>
      figures.some(({ isFound }) => isFound) ? [id] : [],
    ),
    isPresenceTold: presence !== undefined && presence.verdict.kind !== 'none',
    power: test?.power.strength ?? null,
  };
}

export const auditPlanted: Bench = {
  name: 'audit-planted',
  summary: `planted copies, boats and leaks that the audit finds: ten seeds of ${images} drawn photographs and ${copies} copies, three strengths of the leak`,
  goal: { ratio: 0.95, better: 'at-least' },
  run: async () => {
    const scores: Score[] = [];
    for (const strength of strengths) for (const seed of seeds) scores.push(await audit(seed, strength));
    const sum = (of: (one: Score) => number, own = scores): number =>
      own.reduce((total, one) => total + of(one), 0);
    const planted = scores.length * copies;
    const figures: BenchFigure[] = [
      {
        label: 'copies found',
        value: sum(({ copiesFound }) => copiesFound),
        unit: 'pairs',
        note: `of ${planted} planted`,
      },
      {
        label: 'copies that are none, of two boats',
        value: sum(({ copiesFalse }) => copiesFalse),
        unit: 'pairs',
        note: `and ${sum(({ scenes }) => scenes)} of one boat, its deck being the same`,
      },
      {
        label: 'proposed groups of one boat',
        value: sum(({ pureGroups }) => pureGroups),
        unit: 'groups',
        note: `of ${sum(({ groups }) => groups)} proposed, 12 boats in each of ${scores.length} runs`,
      },
      ...strengths.map((strength): BenchFigure => {
        const own = scores.filter((one) => one.strength === strength);
        const powers = own.flatMap(({ power }) => (power === null ? [] : [power])).sort((a, b) => a - b);
        return {
          label: `leak of strength ${strength}: found`,
          value: own.filter(({ leaks }) => leaks.length > 0).length,
          unit: 'of 10',
          note: `by ${[...new Set(own.flatMap(({ leaks }) => leaks))].join(', ') || 'none'}; power: median ${powers[powers.length >> 1] ?? '–'} of photographs told`,
        };
      }),
    ];
    figures.push({
      label: 'told whether there is a fish',
      value: scores.filter(({ isPresenceTold }) => isPresenceTold).length,
      unit: `of ${scores.length}`,
      note: 'none is planted: one in twenty is what the test allows',
    });
    return {
      figures,
      peer: { label: 'copies planted', value: planted, unit: 'pairs' },
      ratio: sum(({ copiesFound }) => copiesFound) / planted,
    };
  },
};
