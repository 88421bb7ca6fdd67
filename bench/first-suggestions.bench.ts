/** How long a person waits for the first suggestions: thirty photographs labelled, features there, a detector trained and asked about all of them. */
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bench, BenchResult } from './bench.ts';
import { aquarium, command } from './studio-commands.ts';

/** What a person will wait without looking elsewhere. */
const PROMISE_S = 15;
const LABELLED = 30;
/** The training's own time, in seconds; `CATCHLIGHT_BENCH_SECONDS` for another. */
const TRAIN_S = 7;

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

async function run(): Promise<BenchResult> {
  const data = aquarium();
  const folder = await mkdtemp(path.join(tmpdir(), 'catchlight-bench-'));
  const project = path.join(folder, 'aquarium.catchlight');
  const seconds = Number(process.env.CATCHLIGHT_BENCH_SECONDS ?? TRAIN_S);
  const timed = async (args: readonly string[]): Promise<readonly [number, Record<string, unknown>]> => {
    const beganMs = performance.now();
    const result = await command(args);
    return [(performance.now() - beganMs) / 1000, result];
  };
  try {
    const labels = path.join(folder, 'labels');
    await layOutLabels(data, labels);
    await command(['create', project, '--images', data, '--labels', labels, '--format', 'yolo']);
    await command(['features', project]);
    const minutes = (seconds / 60).toFixed(4);
    const [trainS, trained] = await timed(['train', project, '--recipe', 'detector', '--minutes', minutes]);
    const [predictS, predicted] = await timed(['predict', project, '--out', path.join(folder, 'all.json')]);
    const measured = await command(['evaluate', project, '--split', 'valid']);
    return {
      figures: [
        {
          label: 'from labels to suggestions',
          value: trainS + predictS,
          unit: 's',
          note: 'start of two programs included',
        },
        {
          label: 'train',
          value: trainS,
          unit: 's',
          note: `${LABELLED} labelled, ${Number(trained.imagesPerS).toFixed(0)} visits/s`,
        },
        { label: 'predict', value: predictS, unit: 's', note: `${Number(predicted.images)} photographs` },
        {
          label: 'mAP@.5 on valid',
          value: Number(measured.map50),
          unit: '',
          note: `${Number(measured.n)} photographs`,
        },
      ],
      peer: { label: 'the promise', value: PROMISE_S, unit: 's' },
      ratio: PROMISE_S / (trainS + predictS),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const firstSuggestions: Bench = {
  name: 'first-suggestions',
  summary: `from ${LABELLED} labelled photographs to a trained detector and its suggestions on all, features there`,
  goal: { ratio: 1, better: 'at-least' },
  run,
};
