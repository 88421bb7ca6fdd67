/** The Data place with 100,000 photographs against 1,000: the whole audit, and what the window asks for, in processor seconds a photograph. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { factsSidePx } from '../src/core/audit/image-facts.ts';
import { splitRequestSchema } from '../src/core/audit/split-plan.ts';
import { isJobOver } from '../src/core/jobs.ts';
import { createRandom } from '../src/core/random.ts';
import { openProjectDatabase } from '../src/main/db/project-database.ts';
import { createHost, type Host } from '../src/main/host/host.ts';
import { tokenHeader } from '../src/main/host/http/security.ts';
import type { Bench, BenchFigure } from './bench.ts';

const SIZES = [1000, Number(process.env.CATCHLIGHT_BENCH_PHOTOGRAPHS ?? 100_000)] as const;
const boats = 60;
const classes = 8;

/** A project with rows and facts as the audit reads them from files; the files themselves are not there, and nobody asks for them. */
async function makeProject(host: Host, folder: string, images: number): Promise<void> {
  const imagesDir = path.join(folder, 'photos');
  mkdirSync(imagesDir, { recursive: true });
  const background = { r: 40, g: 90, b: 120 };
  await sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .jpeg()
    .toFile(path.join(imagesDir, 'first.jpg'));
  const names = Array.from({ length: classes }, (_, c) => `class ${c}`);
  const dir = path.join(folder, 'large.catchlight');
  const { jobId } = await host.api.createProject({ imagesDir, dir, name: 'large', classes: names });
  await whenOver(host, jobId);
  const classIds = (await host.api.listClasses()).map(({ id }) => id);
  await host.api.closeProject();
  const db = openProjectDatabase(dir, { create: false, nowMs: 0 });
  const [pattern] = db.images.listAll();
  if (pattern === undefined) throw new Error('The scan found nothing.');
  const random = createRandom(images);
  const scenes = Array.from({ length: boats }, () => Uint8Array.from({ length: 768 }, () => random.int(256)));
  const box = {
    source: 'person',
    modelId: null,
    score: null,
    attributes: {},
    head: null,
    tail: null,
  } as const;
  let boat = 0;
  db.transaction(() => {
    for (let i = 1; i < images; i++) {
      // As long as the ids of real photographs: what is sent and stored is full of them.
      const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
      const hash = createHash('sha256').update(id).digest('hex');
      // Every second one is labelled; every tenth is its neighbour, brightened.
      const isTwin = i % 10 === 0;
      if (!isTwin) boat = random.int(boats);
      const seed = createRandom(isTwin ? i - 1 : i);
      const cells = Uint8ClampedArray.from(
        scenes[boat] as Uint8Array,
        (value) => value + seed.range(-40, 40) + (isTwin ? 4 : 0),
      );
      db.images.insert({
        ...pattern,
        id,
        hash,
        path: `boat ${boat}/img_${String(i).padStart(6, '0')}.jpg`,
        widthPx: 1280 + boat,
        group: `boat ${boat}`,
        state: i % 2 === 0 ? 'labelled' : 'unseen',
        capturedAtMs: 1.6e12 + i * 60_000,
      });
      db.facts.save(hash, {
        sidePx: factsSidePx,
        camera: `camera ${boat % 7}`,
        tables: String(boat % 3),
        hash: Array.from({ length: 16 }, () => seed.int(16).toString(16)).join(''),
        cells: Buffer.from(cells).toString('base64'),
        border: Array.from({ length: 24 }, () => seed.range(0, 255)),
        meanGrey: 120,
        greyDeviation: 40,
        sharpness: 12,
      });
      if (i % 2 === 0)
        db.boxes.insert({
          ...box,
          id: `b${i}`,
          imageId: id,
          classId: classIds[(boat + random.int(3)) % classes] ?? '',
          ...{ x: 4 * random.int(2), y: 4, w: 30 + random.int(20), h: 20 },
        });
    }
  });
  db.close();
  await host.api.openProject({ path: dir });
}

async function whenOver(host: Host, jobId: string): Promise<void> {
  for (;;) {
    const job = (await host.api.listJobs()).find(({ id }) => id === jobId);
    if (job !== undefined && isJobOver(job.state)) {
      if (job.state.status !== 'done') throw new Error(JSON.stringify(job.state));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Measured {
  /** Seconds of the processor, all threads together, and the longest time in which the host answered nobody (see {@link watchBlocks}). */
  readonly steps: readonly { readonly label: string; readonly cpuS: number; readonly blockMs: number }[];
  readonly peakMiB: number;
  readonly chains: number;
}

/**
 * The longest piece of work that the host's own thread did without looking at anything else, in milliseconds of the processor: other programs
 * on the machine do not lengthen it.
 */
function watchBlocks(): { reset(): void; longestMs(): number; stop(): void } {
  const spentMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [before, longest] = [spentMs(), 0];
  let isOver = false;
  const look = (): void => {
    const now = spentMs();
    longest = Math.max(longest, now - before);
    before = now;
    if (!isOver) setTimeout(look, 2);
  };
  look();
  return {
    reset: () => {
      [before, longest] = [spentMs(), 0];
    },
    longestMs: () => Math.max(longest, spentMs() - before),
    stop: () => {
      isOver = true;
    },
  };
}

async function measure(images: number): Promise<Measured> {
  const folder = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-'));
  const host = await createHost({ shell: 'serve', userDataDir: path.join(folder, 'home') });
  try {
    await makeProject(host, folder, images);
    const steps: { label: string; cpuS: number; blockMs: number }[] = [];
    const blocks = watchBlocks();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 100);
    const step = async (label: string, work: () => Promise<unknown>): Promise<void> => {
      // What the step before left to do is not this one's.
      await new Promise((resolve) => setTimeout(resolve, 300));
      blocks.reset();
      const start = process.cpuUsage();
      await work();
      peak = Math.max(peak, process.memoryUsage().rss);
      const { user, system } = process.cpuUsage(start);
      steps.push({ label, cpuS: (user + system) / 1e6, blockMs: blocks.longestMs() });
    };
    await step('audit', async () =>
      whenOver(host, (await host.api.startAudit({ features: false, seed: 1 })).jobId),
    );
    const report = await host.api.audit();
    // As windows ask: with what checking and writing an answer takes.
    const ask = async (name: string, input?: unknown): Promise<void> => {
      const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      const headers = { [tokenHeader]: host.token };
      const answer = await host.app.request(`http://localhost/rpc/${name}${query}`, { headers });
      if (!answer.ok) throw new Error(await answer.text());
      await answer.arrayBuffer();
    };
    await step('report, first asked for', () => ask('audit'));
    await step('report, asked for again', () => ask('audit'));
    await step('overview', () => ask('dataOverview'));
    await step('members of a boat', () => ask('listMembers', { group: 'boat 1', offset: 0, limit: 5000 }));
    await step('photographs of a finding', () =>
      ask('listImages', { filter: { finding: 'cut-by-edge' }, offset: 0, limit: 200 }),
    );
    await step('proposed groups taken', () => host.api.confirmGroups({ gestureId: 'groups' }));
    const request = splitRequestSchema.parse({});
    await step('preview of a split', () => ask('previewSplit', request));
    await step('split applied', () => host.api.applySplit({ gestureId: 'split', request }));
    await step('report as a page', () => host.api.saveAudit({ file: path.join(folder, 'report.html') }));
    clearInterval(watch);
    blocks.stop();
    return { steps, peakMiB: peak / 2 ** 20, chains: report?.chains.length ?? 0 };
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const auditProject: Bench = {
  name: 'audit-project',
  summary: `the audit and the Data place of a project of ${SIZES[1].toLocaleString('en')} photographs (rows and facts, no files) against one of ${SIZES[0].toLocaleString('en')}: processor seconds of the audit a photograph`,
  goal: { ratio: 1, better: 'at-most' },
  run: async () => {
    const small = await measure(SIZES[0]);
    const large = await measure(SIZES[1]);
    const figures = large.steps.map(
      ({ label, cpuS, blockMs }, i): BenchFigure => ({
        label,
        value: cpuS,
        unit: 's',
        note: `${(small.steps[i]?.cpuS ?? 0).toFixed(2)} s with ${SIZES[0]}; longest piece of the host's thread ${Math.round(blockMs)} ms`,
      }),
    );
    const auditOf = ({ steps }: Measured): number => steps[0]?.cpuS ?? 0;
    return {
      figures: [
        ...figures,
        {
          label: "longest piece of work of the host's own thread",
          value: Math.max(...large.steps.map(({ blockMs }) => blockMs)),
          unit: 'ms',
        },
        { label: 'most memory', value: large.peakMiB, unit: 'MiB', note: `${large.chains} chains found` },
      ],
      peer: { label: `audit of ${SIZES[0]}`, value: auditOf(small), unit: 's' },
      ratio: auditOf(large) / SIZES[1] / (auditOf(small) / SIZES[0]),
    };
  },
};
