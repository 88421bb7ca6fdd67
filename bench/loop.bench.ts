/** What a person feels while a model trains: the four promises of the loop over HTTP against a real host, with a training and without, in turns. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTRPCClient, httpLink } from '@trpc/client';
import { z } from 'zod';
import type { AppRouter } from '../src/contract/router.ts';
import { AppError } from '../src/core/errors.ts';
import { isJobOver } from '../src/core/jobs.ts';
import { acceptDiffs, rejectDiffs, reviewGesture } from '../src/core/review.ts';
import { entryPath } from '../src/main/entries.ts';
import { generateSample } from '../src/main/sample/sample.ts';
import type { Bench, BenchFigure, BenchResult } from './bench.ts';

/** No step takes so long, even beside other work: what hangs is said, and the run ends. */
const STEP_MS = 180_000;
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
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(STEP_MS) });
  return { child, address: z.object({ address: z.string() }).parse(message).address };
}

const createClient = (address: string) =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${address}/rpc`, headers: { 'x-catchlight-token': token } })],
  });
type Client = ReturnType<typeof createClient>;

/** Asks for the jobs until `find` has an answer. Throws `bench/too-slow` after {@link STEP_MS}. */
async function waitFor<T>(
  api: Client,
  what: string,
  find: (jobs: Awaited<ReturnType<Client['listJobs']['query']>>) => T | undefined,
): Promise<T> {
  const beganMs = performance.now();
  while (performance.now() - beganMs < STEP_MS) {
    const found = find(await api.listJobs.query());
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new AppError({
    code: 'bench/too-slow',
    message: `${what} took more than ${STEP_MS / 1000} s, so nothing was measured.`,
    hint: 'Run the benchmark on a machine that has nothing else to do.',
  });
}

async function whenOver(api: Client, jobId: string, what: string): Promise<void> {
  const { state } = await waitFor(api, what, (jobs) =>
    jobs.find((job) => job.id === jobId && isJobOver(job.state)),
  );
  if (state.status === 'failed') throw new AppError(state.error);
}

/** A project of drawn photographs, some labelled with what was drawn, a detector trained on them and its suggestions on all. `answerOne`: labels one of those `reserved` for it. */
async function prepare(
  api: Client,
  folder: string,
): Promise<{ reserved: ReadonlySet<string>; answerOne: () => Promise<void> }> {
  const images = path.join(folder, 'photographs');
  const manifest = await generateSample({ outDir: images, seed: 4, images: PHOTOGRAPHS });
  const { jobId } = await api.createProject.mutate({
    imagesDir: images,
    dir: path.join(folder, 'loop.catchlight'),
    classes: manifest.classes.map(({ name }) => name),
  });
  await whenOver(api, jobId, 'Reading the photographs');
  const classOf = new Map((await api.listClasses.query()).map(({ id, name }) => [name, id]));
  const { items } = await api.listImages.query({ filter: {}, offset: 0, limit: PHOTOGRAPHS });
  const truthOf = new Map(manifest.images.map((image) => [image.fileName, image.boxes]));
  const label = async (item: (typeof items)[number]): Promise<void> => {
    const boxes = (truthOf.get(path.basename(item.path)) ?? []).map(({ className, box }, n) => ({
      id: `hand-${item.id}-${n}`,
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
      reviewGesture(`label-${item.id}`, 'Label', item.id, [
        ...boxes.map((box) => ({ table: 'boxes' as const, id: box.id, before: null, after: box })),
        {
          table: 'images',
          id: item.id,
          before: { id: item.id, state: 'unseen' },
          after: { id: item.id, state },
        },
      ]),
    );
  };
  for (const item of items.slice(0, LABELLED)) await label(item);
  await whenOver(api, (await api.startFeatures.mutate()).jobId, 'Computing features');
  const { jobId: training } = await api.startTraining.mutate({ recipe: 'detector', parameters });
  await whenOver(api, training, 'The first training');
  await whenOver(api, (await api.startPrediction.mutate({})).jobId, 'Suggesting');
  const reserve = items.slice(LABELLED, LABELLED + TURNS);
  return {
    reserved: new Set(reserve.map(({ id }) => id)),
    answerOne: async () => {
      const next = reserve.shift();
      if (next !== undefined) await label(next);
    },
  };
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
async function begin(api: Client, mode: Mode, answerOne: () => Promise<void>): Promise<() => Promise<void>> {
  if (mode === 'nothing') return () => Promise.resolve();
  const isOn = mode === 'a training in the background';
  const known = new Set((await api.listJobs.query()).map(({ id }) => id));
  if (isOn) {
    // It begins by itself once something was answered since the last one.
    await answerOne();
    await api.saveKeepLearning.mutate({ isOn, every: 1, minutes: 30, switching: 'ask' });
  } else await api.startTraining.mutate({ recipe: 'detector', parameters, minutes: 30 });
  const job = await waitFor(api, `Starting ${mode}`, (jobs) => {
    const own = jobs.find(({ id, kind }) => kind === 'train' && !known.has(id));
    if (own?.state.status === 'failed') throw new AppError(own.state.error);
    return own?.state.status === 'running' && own.state.progress.phase === 'train' ? own : undefined;
  });
  return async () => {
    if (isOn) await api.saveKeepLearning.mutate({ isOn: false });
    await api.cancelJob.mutate({ id: job.id });
    await whenOver(api, job.id, `Ending ${mode}`);
  };
}

/** Of n times the one that 95 % do not exceed. */
function p95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}

/** What was measured so far, for who waits. */
function describe(times: Record<PromiseName, number[]>): string {
  return names.map((name) => `${name} ${p95(times[name]).toFixed(0)} ms`).join(', ');
}

function noSuggestions(): AppError {
  return new AppError({
    code: 'bench/no-suggestions',
    message: 'The first training suggested nothing on photographs without labels, so nothing was measured.',
    hint: 'Train longer.',
  });
}

async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  const { child, address } = await startHost(path.join(folder, 'home'));
  try {
    const api = createClient(address);
    const { reserved, answerOne } = await prepare(api, folder);
    const { items } = await api.listImages.query({
      filter: { hasSuggestions: true },
      offset: 0,
      limit: PHOTOGRAPHS,
    });
    const open = items.filter(({ id, state }) => state === 'unseen' && !reserved.has(id));
    if (open.length === 0) throw noSuggestions();
    const empty = (): Record<PromiseName, number[]> => ({
      'open an image': [],
      'answer, then the next': [],
      'accept all of an image': [],
      'how the review stands': [],
    });
    const times = new Map<Mode, Record<PromiseName, number[]>>(modes.map((mode) => [mode, empty()]));
    for (let turn = 0; turn < TURNS; turn++)
      for (const mode of modes) {
        const end = await begin(api, mode, answerOne);
        // The first few warm up.
        for (let n = 0; n < 5; n++) await ask(api, open[n % open.length]?.id ?? '', empty());
        const into = times.get(mode) ?? empty();
        for (let n = 0; n < ASKED; n++) await ask(api, open[n % open.length]?.id ?? '', into);
        await end();
        process.stderr.write(`turn ${turn + 1} of ${TURNS}, beside ${mode}: ${describe(into)}\n`);
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
