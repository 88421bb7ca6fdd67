/** Near-duplicates among the same photographs, ours and imagededup's perceptual hash in one run: planted copies found, wrong pairs, processor seconds. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { type ChainImage, defaultChainSettings, findNearPairs } from '../src/core/audit/find-chains.ts';
import { AppError } from '../src/core/errors.ts';
import { createRandom } from '../src/core/random.ts';
import { readFileFacts } from '../src/main/host/audit/read-file-facts.ts';
import { generateSample, type SampleManifest } from '../src/main/sample/sample.ts';
import type { Bench, BenchFigure } from './bench.ts';

const PYTHON = process.env.CATCHLIGHT_BENCH_PYTHON ?? 'python3';
const PHOTOGRAPHS = Number(process.env.CATCHLIGHT_BENCH_PHOTOGRAPHS ?? 400);
/** Bits of 64 that may differ: imagededup's own default, and the strictness of ours. */
const distances = [10, defaultChainSettings.hashBits];

const peerSchema = z.object({
  pairs: z.array(z.tuple([z.string(), z.string()])),
  hashed: z.number(),
  hashCpuS: z.number(),
  findCpuS: z.number(),
  peakMiB: z.number(),
});
type Pairs = readonly (readonly [string, string])[];

function runPeer(folder: string, distance: number): z.infer<typeof peerSchema> {
  const script = path.join(import.meta.dirname, 'audit_peer.py');
  const done = spawnSync(PYTHON, [script, folder, String(distance)], {
    encoding: 'utf8',
    maxBuffer: 1e9,
    timeout: 30 * 60_000,
  });
  if (done.status === 0) return peerSchema.parse(JSON.parse(done.stdout.trim().split('\n').at(-1) ?? ''));
  throw new AppError({
    code: 'bench/no-peer',
    message: `imagededup did not run in ${PYTHON}: ${done.stderr?.trim().split('\n').at(-1) ?? done.error?.message ?? 'no word'}.`,
    hint: 'Install it (pip install imagededup) or name a Python that has it in CATCHLIGHT_BENCH_PYTHON.',
  });
}

/** Everything the audit does for near-duplicates without a backbone, from files to pairs. */
async function runOurs(
  folder: string,
): Promise<{ pairs: Pairs; readCpuS: number; findCpuS: number; count: number }> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  const cpuS = (since: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1e6;
  };
  const reading = process.cpuUsage();
  const images: ChainImage[] = [];
  // Bytes are not compared: what hashes find is what both sides are asked.
  for (const name of names)
    images.push({ id: name, hash: '', facts: await readFileFacts(path.join(folder, name)), features: null });
  const readCpuS = cpuS(reading);
  const finding = process.cpuUsage();
  const found = findNearPairs(images, { ...defaultChainSettings, random: createRandom(1) });
  return {
    pairs: found.map(({ a, b }) => [a, b] as const),
    readCpuS,
    findCpuS: cpuS(finding),
    count: names.length,
  };
}

function judge({ images }: SampleManifest, pairs: Pairs): { found: number; planted: number; wrong: number } {
  const originalOf = new Map(images.map(({ fileName, copyOf }) => [fileName, copyOf ?? fileName]));
  const planted = images.filter(({ copyOf }) => copyOf !== undefined);
  const near = new Set(pairs.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  return {
    planted: planted.length,
    found: planted.filter(({ fileName, copyOf }) => near.has(`${fileName} ${copyOf}`)).length,
    wrong: pairs.filter(([a, b]) => originalOf.get(a) !== originalOf.get(b)).length,
  };
}

export const auditImages: Bench = {
  name: 'audit-images',
  summary: `near-duplicates among ${PHOTOGRAPHS} drawn photographs and ${PHOTOGRAPHS / 10} planted copies of them, against imagededup's PHash on the same files, seconds of the processor`,
  goal: { ratio: { 'processor seconds': 1, 'copies found': 1, 'wrong pairs': 1 }, better: 'at-least' },
  run: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-'));
    try {
      const manifest = await generateSample({
        outDir: folder,
        seed: 1,
        images: PHOTOGRAPHS,
        copies: Math.round(PHOTOGRAPHS / 10),
      });
      const theirs = distances.map((distance) => ({ distance, ...runPeer(folder, distance) }));
      const ours = await runOurs(folder);
      const own = judge(manifest, ours.pairs);
      const ourS = ours.readCpuS + ours.findCpuS;
      const figures: BenchFigure[] = [
        {
          label: 'ours',
          value: ourS,
          unit: 's',
          note: `${own.found} of ${own.planted} copies, ${own.wrong} wrong pairs; ${ours.readCpuS.toFixed(1)} s to read ${ours.count} files for everything the audit wants of them`,
        },
        ...theirs.map((peer): BenchFigure => {
          const said = judge(manifest, peer.pairs);
          return {
            label: `imagededup, ${peer.distance} bits`,
            value: peer.hashCpuS + peer.findCpuS,
            unit: 's',
            note: `${said.found} of ${said.planted} copies, ${said.wrong} wrong pairs; ${peer.hashCpuS.toFixed(1)} s to hash, ${Math.round(peer.peakMiB)} MiB`,
          };
        }),
      ];
      const [usual] = theirs;
      const peer = judge(manifest, usual?.pairs ?? []);
      const peerS = (usual?.hashCpuS ?? 0) + (usual?.findCpuS ?? 0);
      return {
        figures,
        peer: {
          label: 'imagededup as it comes',
          value: peerS,
          unit: 's',
          note: `PHash, ${distances[0]} bits`,
        },
        ratio: {
          'processor seconds': peerS / ourS,
          'copies found': own.found / Math.max(1, peer.found),
          'wrong pairs': (peer.wrong + 1) / (own.wrong + 1),
        },
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
