/**
 * A large import through the host, as one gesture in slices, beside the same boxes as one gesture in one transaction: how long nobody else is
 * answered. `CATCHLIGHT_IMPORT_BOXES` names another size for the first; the second is kept small, since beyond it no single text can hold the diffs.
 */
// As the host begins.
import '../src/main/young-generation.ts';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isJobOver, type Job } from '../src/core/jobs.ts';
import type { BoxRecord } from '../src/core/records.ts';
import { openProjectDatabase } from '../src/main/db/project-database.ts';
import { createHost, type Host } from '../src/main/host/host.ts';
import type { Bench } from './bench.ts';

const boxesPerImage = 10;
const imported = Number(process.env.CATCHLIGHT_IMPORT_BOXES ?? 1_000_000);
const atOnce = Math.min(imported, 200_000);

interface Stage {
  readonly host: Host;
  readonly dir: string;
  readonly classId: string;
}

/** An open project of so many photographs that are not on disk. */
async function prepare(images: number): Promise<Stage> {
  const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-import-'));
  const photos = path.join(dir, 'photos');
  mkdirSync(photos);
  const host = await createHost({ shell: 'serve', userDataDir: path.join(dir, 'home') });
  const projectDir = path.join(dir, 'bench.catchlight');
  const { jobId } = await host.api.createProject({ imagesDir: photos, dir: projectDir, classes: ['fish'] });
  await whenOver(host, jobId);
  const classId = (await host.api.listClasses())[0]?.id ?? '';
  await host.api.closeProject();
  const db = openProjectDatabase(projectDir, { create: false, nowMs: 0 });
  const size = { rawWidthPx: 1280, rawHeightPx: 720, orientation: 1, widthPx: 1280, heightPx: 720 };
  const rest = { fileBytes: 1, modifiedAtMs: 1, capturedAtMs: null, problem: null, group: null, split: null };
  db.transaction(() => {
    for (let i = 0; i < images; i += 1)
      db.images.insert({ id: `i${i}`, path: `${i}.jpg`, hash: `h${i}`, ...size, ...rest, state: 'unseen' });
  });
  db.close();
  await host.api.openProject({ path: projectDir });
  return { host, dir, classId };
}

async function whenOver(host: Host, jobId: string): Promise<Job> {
  for await (const event of host.api.events(new AbortController().signal))
    if (event.type === 'job' && event.job.id === jobId && isJobOver(event.job.state)) return event.job;
  throw new Error('The host closed before the job ended.');
}

function* drawCoco(boxes: number): Generator<string> {
  const images = Math.ceil(boxes / boxesPerImage);
  yield '{"images":[';
  for (let i = 0; i < images; i += 1)
    yield `${i === 0 ? '' : ','}{"id":${i + 1},"file_name":"${i}.jpg","width":1280,"height":720}`;
  yield '],"categories":[{"id":1,"name":"fish"}],"annotations":[';
  for (let n = 0; n < boxes; n += 1) {
    const x = (n % boxesPerImage) * 100;
    yield `${n === 0 ? '' : ','}{"id":${n + 1},"image_id":${1 + Math.floor(n / boxesPerImage)},"category_id":1,"bbox":[${x}.5,10,80.25,60],"area":4815,"iscrowd":0}`;
  }
  yield ']}';
}

interface Watched {
  readonly longestMs: number;
  /** Of the thread that answers, so that a busy machine does not matter. */
  readonly longestCpuMs: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** How long the event loop answered nobody while `work` ran, at the longest; and the most memory there was. */
async function watch(work: () => Promise<unknown>): Promise<Watched> {
  let longestMs = 0;
  let longestCpuMs = 0;
  let peak = 0;
  let last = performance.now();
  let lastCpu = threadCpuMs();
  const look = (): void => {
    const now = performance.now();
    const cpu = threadCpuMs();
    longestMs = Math.max(longestMs, now - last);
    longestCpuMs = Math.max(longestCpuMs, cpu - lastCpu);
    last = now;
    lastCpu = cpu;
  };
  const timer = setInterval(() => {
    look();
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 1);
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    longestMs,
    longestCpuMs,
    elapsedMs: performance.now() - startedMs,
    cpuMs: (user + system) / 1000,
    peakMb: peak / 1e6,
  };
}

async function importSliced(boxes: number): Promise<{ taken: Watched; undone: Watched }> {
  const { host, dir } = await prepare(Math.ceil(boxes / boxesPerImage));
  try {
    const file = path.join(dir, 'instances.json');
    await pipeline(Readable.from(drawCoco(boxes)), createWriteStream(file));
    let job: Job | undefined;
    const taken = await watch(async () => {
      job = await whenOver(host, (await host.api.startImport({ path: file })).jobId);
    });
    if (job?.state.status !== 'done' || job.result?.boxes !== boxes)
      throw new Error(`The import did not take ${boxes} boxes: ${JSON.stringify(job?.state)}`);
    const [gesture] = await host.api.listGestures({ limit: 1 });
    if (gesture === undefined) throw new Error('The import left no gesture.');
    const undone = await watch(() =>
      host.api.applyGesture({ ...gesture, id: 'undo', kind: 'undo', of: gesture.id, diffs: [] }),
    );
    return { taken, undone };
  } finally {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function saveAtOnce(boxes: number): Promise<Watched> {
  const { host, dir, classId } = await prepare(Math.ceil(boxes / boxesPerImage));
  try {
    const origin = { source: 'import', modelId: null, score: null } as const;
    const diffs = Array.from({ length: boxes }, (_, n) => {
      const after: BoxRecord = {
        id: `b${n}-${'0'.repeat(28)}`,
        imageId: `i${Math.floor(n / boxesPerImage)}`,
        classId,
        x: (n % boxesPerImage) * 100 + 0.5,
        y: 10,
        w: 80.25,
        h: 60,
        ...origin,
        attributes: {},
        head: null,
        tail: null,
      };
      return { table: 'boxes', id: after.id, before: null, after } as const;
    });
    const marks = Array.from({ length: Math.ceil(boxes / boxesPerImage) }, (_, i) => {
      const id = `i${i}`;
      return {
        table: 'images',
        id,
        before: { id, state: 'unseen' },
        after: { id, state: 'labelled' },
      } as const;
    });
    const gesture = {
      id: 'all',
      kind: 'do',
      of: null,
      label: 'Import',
      imageId: null,
      source: 'import',
    } as const;
    return await watch(() => host.api.applyGesture({ ...gesture, diffs: [...diffs, ...marks] }));
  } finally {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

export const importBench: Bench = {
  name: 'import',
  summary: `An import of ${imported.toLocaleString('en')} boxes: the longest time the host answers nobody`,
  goal: { ratio: 0.1, better: 'at-most' },
  run: async () => {
    const { taken, undone } = await importSliced(imported);
    const peer = await saveAtOnce(atOnce);
    const figures = ([name, { longestMs, longestCpuMs, elapsedMs, cpuMs, peakMb }]: readonly [
      string,
      Watched,
    ]) => [
      { label: `${name}: processor time of the longest block`, value: longestCpuMs, unit: 'ms' },
      { label: `${name}: longest block`, value: longestMs, unit: 'ms' },
      { label: `${name}: elapsed`, value: elapsedMs / 1000, unit: 's' },
      { label: `${name}: processor time`, value: cpuMs / 1000, unit: 's' },
      { label: `${name}: peak memory`, value: peakMb, unit: 'MB' },
    ];
    return {
      figures: [
        ...figures([`import of ${imported.toLocaleString('en')} boxes`, taken]),
        ...figures(['undo of it', undone]),
      ],
      peer: {
        label: `${atOnce.toLocaleString('en')} boxes in one transaction: processor time of the longest block`,
        value: peer.longestCpuMs,
        unit: 'ms',
      },
      ratio: taken.longestCpuMs / peer.longestCpuMs,
    };
  },
};
