/** What a person feels while a model trains: the four promises of the loop over HTTP against a real host, with a training and without, in turns. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTRPCClient, httpLink } from '@trpc/client';
import { z } from 'zod';
import type { AppRouter } from '../src/contract/router.ts';
import { isJobOver } from '../src/core/jobs.ts';
import { acceptDiffs, rejectDiffs, reviewGesture } from '../src/core/review.ts';
import { entryPath } from '../src/main/entries.ts';
import { generateSample } from '../src/main/sample/sample.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';

const PHOTOGRAPHS = 60;
const LABELLED = 24;
/** Turns with and without a training; in each of them so many of every promise. */
const TURNS = Number(process.env.CATCHLIGHT_BENCH_ROUNDS ?? 3);
const ASKED = 40;
/** Most suggestions are asked about: a model of seconds is rarely sure. */
const minScore = 0.1;
const token = 'bench-loop';
/** By steps, so that a busy machine learns as much, and a narrow net: enough to suggest. */
const parameters = { epochs: 24, width: 32 };

/** Name, what it may take in ms, and what is measured. */
const promises = {
  'open an image': 100,
  'answer, then the next': 50,
  'accept all of an image': 100,
  'how the review stands': 100,
} as const;
type PromiseName = keyof typeof promises;
const names = Object.keys(promises) as PromiseName[];

const modes = ['nothing', 'a training in the background', 'a training by hand'] as const;
type Mode = (typeof modes)[number];

async function startHost(userDataDir: string): Promise<{ child: ChildProcess; address: string }> {
  const child = fork(entryPath('host'), ['--shell=serve', `--user-data=${userDataDir}`, '--port=0'], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, CATCHLIGHT_TOKEN: token },
  });
  const [message] = await once(child, 'message');
  return { child, address: z.object({ address: z.string() }).parse(message).address };
}

const createClient = (address: string) =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${address}/rpc`, headers: { 'x-catchlight-token': token } })],
  });
type Client = ReturnType<typeof createClient>;

async function whenOver(api: Client, jobId: string): Promise<void> {
  for (;;) {
    const job = (await api.listJobs.query()).find(({ id }) => id === jobId);
    if (job !== undefined && isJobOver(job.state)) {
      if (job.state.status === 'failed') throw new Error(job.state.error.message);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A project of drawn photographs, some labelled with what was drawn, a detector trained on them and its suggestions on all. */
async function prepare(api: Client, folder: string): Promise<void> {
  const images = path.join(folder, 'photographs');
  const manifest = await generateSample({ outDir: images, seed: 4, images: PHOTOGRAPHS });
  const { jobId } = await api.createProject.mutate({
    imagesDir: images,
    dir: path.join(folder, 'loop.catchlight'),
    classes: manifest.classes.map(({ name }) => name),
  });
  await whenOver(api, jobId);
  const classOf = new Map((await api.listClasses.query()).map(({ id, name }) => [name, id]));
  const { items } = await api.listImages.query({ filter: {}, offset: 0, limit: PHOTOGRAPHS });
  const truthOf = new Map(manifest.images.map((image) => [image.fileName, image.boxes]));
  for (const [at, item] of items.slice(0, LABELLED).entries()) {
    const boxes = (truthOf.get(path.basename(item.path)) ?? []).map(({ className, box }, n) => ({
      id: `hand-${at}-${n}`,
      imageId: item.id,
      classId: classOf.get(className) ?? '',
      x: box.x,
      y: box.y,
      w: box.w,
      h: box.h,
      source: 'person' as const,
      modelId: null,
      score: null,
      attributes: {},
      head: null,
      tail: null,
    }));
    const state = boxes.length === 0 ? ('empty' as const) : ('labelled' as const);
    await api.applyGesture.mutate(
      reviewGesture(`label-${at}`, 'Label', item.id, [
        ...boxes.map((box) => ({ table: 'boxes' as const, id: box.id, before: null, after: box })),
        {
          table: 'images',
          id: item.id,
          before: { id: item.id, state: 'unseen' },
          after: { id: item.id, state },
        },
      ]),
    );
  }
  await whenOver(api, (await api.startFeatures.mutate()).jobId);
  await whenOver(api, (await api.startTraining.mutate({ recipe: 'detector', parameters })).jobId);
  await whenOver(api, (await api.startPrediction.mutate({})).jobId);
}

let gestures = 0;

/** One of each promise, in ms; what it changed is taken back, so that every turn asks the same. */
async function ask(api: Client, imageId: string, into: Record<PromiseName, number[]>): Promise<void> {
  const timed = async <T>(name: PromiseName, work: () => Promise<T>): Promise<T> => {
    const beganMs = performance.now();
    const result = await work();
    into[name].push(performance.now() - beganMs);
    return result;
  };
  const takeBack = (of: string): Promise<unknown> =>
    api.applyGesture.mutate({
      id: `g${++gestures}`,
      kind: 'undo',
      of,
      label: 'Undo',
      imageId,
      source: 'person',
      diffs: [],
    });
  const document = await timed('open an image', () => api.getImage.query({ id: imageId }));
  const open = document.predictions.filter(({ status, score }) => status === 'pending' && score >= minScore);
  const [first] = open;
  if (first !== undefined) {
    const answer = `g${++gestures}`;
    const { items } = await api.reviewQueue.query({ order: 'least-sure', minScore, limit: 200 });
    const next = items.find(({ image }) => image.id !== imageId)?.image.id ?? imageId;
    // The window has the next one at hand before it is asked for; here the worst case, where it has not.
    await timed('answer, then the next', async () => {
      await api.applyGesture.mutate(reviewGesture(answer, 'Reject', imageId, rejectDiffs(first)));
      await api.getImage.query({ id: next });
    });
    await takeBack(answer);
    const all = `g${++gestures}`;
    const diffs = open.flatMap((prediction, n) =>
      acceptDiffs(prediction, n === 0 ? document.image.state : 'labelled', `${all}-${n}`, document.image),
    );
    await timed('accept all of an image', () =>
      api.applyGesture.mutate(reviewGesture(all, 'Accept all', imageId, diffs)),
    );
    await takeBack(all);
  }
  await timed('how the review stands', () => api.reviewState.query({ minScore }));
}

/** Starts what runs beside, waits until it really trains, and returns how to end it. */
async function begin(api: Client, mode: Mode): Promise<() => Promise<void>> {
  if (mode === 'nothing') return () => Promise.resolve();
  const isOn = mode === 'a training in the background';
  if (isOn) await api.saveKeepLearning.mutate({ isOn, every: 1, minutes: 30, switching: 'ask' });
  else await api.startTraining.mutate({ recipe: 'detector', parameters, minutes: 30 });
  for (;;) {
    const job = (await api.listJobs.query()).find(({ kind, state }) => kind === 'train' && !isJobOver(state));
    if (job?.state.status === 'running' && job.state.progress.phase === 'train')
      return async () => {
        if (isOn) await api.saveKeepLearning.mutate({ isOn: false });
        await api.cancelJob.mutate({ id: job.id });
        await whenOver(api, job.id);
      };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Of n times the one that 95 % do not exceed. */
function p95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}

async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  const { child, address } = await startHost(path.join(folder, 'home'));
  try {
    const api = createClient(address);
    await prepare(api, folder);
    const { items } = await api.listImages.query({
      filter: { hasSuggestions: true },
      offset: 0,
      limit: PHOTOGRAPHS,
    });
    const open = items.filter(({ state }) => state === 'unseen');
    const empty = (): Record<PromiseName, number[]> => ({
      'open an image': [],
      'answer, then the next': [],
      'accept all of an image': [],
      'how the review stands': [],
    });
    const times = new Map<Mode, Record<PromiseName, number[]>>(modes.map((mode) => [mode, empty()]));
    for (let turn = 0; turn < TURNS; turn++)
      for (const mode of modes) {
        const end = await begin(api, mode);
        // The first few warm up.
        for (let n = 0; n < 5; n++) await ask(api, open[n % open.length]?.id ?? '', empty());
        const into = times.get(mode) ?? empty();
        for (let n = 0; n < ASKED; n++) await ask(api, open[n % open.length]?.id ?? '', into);
        await end();
      }
    const figureOf = (mode: Mode, name: PromiseName): number => p95(times.get(mode)?.[name] ?? []);
    const figures = modes.flatMap((mode) =>
      names.map(
        (name): BenchFigure => ({
          label: `${name}, beside ${mode}`,
          value: figureOf(mode, name),
          unit: 'ms',
          note: `95 % of ${times.get(mode)?.[name].length ?? 0}; promised ${promises[name]} ms`,
        }),
      ),
    );
    const ratio = Object.fromEntries(
      names.map((name) => [name, figureOf(modes[1], name) / figureOf(modes[0], name)]),
    );
    const worst = Math.max(...names.map((name) => figureOf(modes[0], name)));
    return {
      figures,
      peer: { label: 'without a training, the slowest of the four', value: worst, unit: 'ms' },
      ratio,
    };
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const loop: Bench = {
  name: 'loop',
  summary:
    'what a person waits for while a model trains in the background (95 %): open, answer and next, accept all, how the review stands; against the same without',
  goal: {
    ratio: {
      'open an image': 2,
      'answer, then the next': 2,
      'accept all of an image': 2,
      'how the review stands': 2,
    },
    better: 'at-most',
  },
  run,
};
