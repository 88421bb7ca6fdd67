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
  readonly copiesFalse: number;
  /** Proposed groups that hold one boat alone, of all proposed. */
  readonly pureGroups: number;
  readonly groups: number;
  readonly isLeakFound: boolean;
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
  const boatOf = new Map(manifest.images.map(({ fileName, group }) => [idOf.get(fileName) ?? '', group]));
  const { groups } = report.groups;
  const test = report.leaks.find(({ target }) => target === 'class');
  return {
    strength,
    copiesFound: found,
    copiesFalse: pairs.size - found,
    pureGroups: groups.filter(({ imageIds }) => new Set(imageIds.map((id) => boatOf.get(id))).size === 1)
      .length,
    groups: groups.length,
    isLeakFound: test !== undefined && test.verdict.kind !== 'none',
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
      { label: 'copies that are none', value: sum(({ copiesFalse }) => copiesFalse), unit: 'pairs' },
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
          value: own.filter(({ isLeakFound }) => isLeakFound).length,
          unit: 'of 10',
          note: `power: median ${powers[powers.length >> 1] ?? '–'} of photographs told`,
        };
      }),
    ];
    return {
      figures,
      peer: { label: 'copies planted', value: planted, unit: 'pairs' },
      ratio: sum(({ copiesFound }) => copiesFound) / planted,
    };
  },
};
