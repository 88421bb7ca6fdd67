/** How long a person waits for the first suggestions: thirty photographs labelled, features there, a detector trained and asked about all of them. */
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runJob } from '../src/main/cli/run-job.ts';
import { createHost } from '../src/main/host/host.ts';
import type { Bench, BenchResult } from './bench.ts';
import { aquarium, command } from './studio-commands.ts';

/** What a person will wait without looking elsewhere. */
const PROMISE_S = 15;
const LABELLED = 30;
/** The training's own time, in seconds; `CATCHLIGHT_BENCH_SECONDS` for another. */
const TRAIN_S = 5;

const nothing = (): void => undefined;
const noOutput = {
  say: nothing,
  note: nothing,
  progress: nothing,
  endProgress: nothing,
  result: nothing,
  fail: nothing,
};

/** Labels of every n-th training photograph and of all to validate on, without the photographs: these stay where they are. */
async function layOutLabels(data: string, folder: string): Promise<void> {
  for (const split of ['train', 'valid']) {
    const names = (await readdir(path.join(data, split, 'labels'))).sort();
    const every = split === 'train' ? names.length / LABELLED : 1;
    const chosen = names.filter((_, i) => Math.floor(i / every) !== Math.floor((i - 1) / every));
    await mkdir(path.join(folder, split, 'labels'), { recursive: true });
    for (const name of chosen)
      await copyFile(path.join(data, split, 'labels', name), path.join(folder, split, 'labels', name));
  }
  await copyFile(path.join(data, 'data.yaml'), path.join(folder, 'data.yaml'));
}

/** What the person sees of it: seconds from the click on Train. */
interface Waited {
  readonly trainedS: number;
  readonly firstS: number;
  readonly allS: number;
  readonly images: number;
  readonly map50: number;
}

/** In a studio that stands open: the engine runs, features are there. */
async function train(project: string, seconds: number): Promise<Waited> {
  const host = await createHost({ shell: 'serve' });
  const { api } = host;
  const silent = { signal: new AbortController().signal, output: { ...noOutput } };
  try {
    await api.openProject({ path: project });
    await api.engineStatus();
    const beganMs = performance.now();
    const since = (): number => (performance.now() - beganMs) / 1000;
    const request = { recipe: 'detector', parameters: {}, seed: 1, minutes: seconds / 60 };
    const { modelId, metrics } = await runJob(api, silent, () => api.startTraining(request));
    const trainedS = since();
    let firstS = Number.NaN;
    const progress = (): void => {
      if (Number.isNaN(firstS)) firstS = since();
    };
    const listening = { ...silent, output: { ...noOutput, progress } };
    const done = await runJob(api, listening, () => api.startPrediction({ modelId: String(modelId) }));
    const map50 = Number((metrics as { map50?: number } | null)?.map50);
    return { trainedS, firstS, allS: since(), images: Number(done.images), map50 };
  } finally {
    await host.close();
  }
}

async function run(): Promise<BenchResult> {
  const data = aquarium();
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  const project = path.join(folder, 'aquarium.catchlight');
  const seconds = Number(process.env.CATCHLIGHT_BENCH_SECONDS ?? TRAIN_S);
  try {
    const labels = path.join(folder, 'labels');
    await layOutLabels(data, labels);
    await command(['create', project, '--images', data, '--labels', labels, '--format', 'yolo']);
    await command(['features', project]);
    const waited = await train(project, seconds);
    return {
      figures: [
        {
          label: 'from Train to the last suggestion',
          value: waited.allS,
          unit: 's',
          note: `${waited.images} photographs`,
        },
        {
          label: 'to the trained model, judged',
          value: waited.trainedS,
          unit: 's',
          note: `${seconds} s asked for`,
        },
        { label: 'to the first suggestions', value: waited.firstS, unit: 's' },
        { label: 'mAP@.5 on valid', value: waited.map50, unit: '' },
      ],
      peer: { label: 'the promise', value: PROMISE_S, unit: 's' },
      ratio: PROMISE_S / waited.allS,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const firstSuggestions: Bench = {
  name: 'first-suggestions',
  summary: `from ${LABELLED} labelled photographs to a trained detector and its suggestions on all, in an open studio, features there`,
  goal: { ratio: 1, better: 'at-least' },
  run,
};
