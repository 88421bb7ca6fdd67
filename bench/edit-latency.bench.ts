/** From a gesture to its safety on disk, in a project of 100 boxes and in one of 100,000: a person should not feel how much is there. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRandom } from '../src/core/random.ts';
import type { BoxRecord } from '../src/core/records.ts';
import { openProjectDatabase } from '../src/main/db/project-database.ts';
import { createHost, type Host } from '../src/main/host/host.ts';
import type { Bench } from './bench.ts';

const gestures = 400;
const warmUp = 40;
const boxesPerImage = 20;

interface Stage {
  readonly host: Host;
  readonly imageIds: readonly string[];
  readonly classId: string;
  readonly timesMs: number[];
}

/** A project with so many boxes, spread over images, opened in a host of its own. */
async function prepare(dir: string, boxes: number): Promise<Stage> {
  const photos = path.join(dir, 'photos');
  mkdirSync(photos, { recursive: true });
  const host = await createHost({ shell: 'serve', userDataDir: path.join(dir, 'home') });
  const projectDir = path.join(dir, 'bench.catchlight');
  const { jobId } = await host.api.createProject({ imagesDir: photos, dir: projectDir, classes: ['fish'] });
  const events = host.api.events(new AbortController().signal);
  for await (const event of events)
    if (event.type === 'job' && event.job.id === jobId && event.job.state.status === 'done') break;
  const classId = (await host.api.listClasses())[0]?.id ?? '';
  await host.api.closeProject();
  const imageIds = fill(projectDir, boxes, classId);
  await host.api.openProject({ path: projectDir });
  return { host, imageIds, classId, timesMs: [] };
}

function fill(projectDir: string, boxes: number, classId: string): string[] {
  const db = openProjectDatabase(projectDir, { create: false, nowMs: 0 });
  const imageIds = Array.from({ length: Math.ceil(boxes / boxesPerImage) }, (_, i) => `image-${i}`);
  const size = { rawWidthPx: 1280, rawHeightPx: 720, orientation: 1, widthPx: 1280, heightPx: 720 };
  db.transaction(() => {
    imageIds.forEach((id, i) => {
      const file = {
        path: `${id}.jpg`,
        hash: id,
        fileBytes: 1,
        modifiedAtMs: 1,
        capturedAtMs: null,
        problem: null,
      };
      db.images.insert({ id, ...size, ...file, group: null, split: null, state: 'labelled' });
      for (let n = 0; n < boxesPerImage && i * boxesPerImage + n < boxes; n += 1)
        db.boxes.insert(makeBox(`${id}-${n}`, id, classId, n * 30));
    });
  });
  db.close();
  return imageIds;
}

function makeBox(id: string, imageId: string, classId: string, x: number): BoxRecord {
  const origin = { source: 'person', modelId: null, score: null } as const;
  return { id, imageId, classId, x, y: 10, w: 25, h: 20, ...origin, attributes: {}, head: null, tail: null };
}

/** One drawn box, timed from the call to its durable answer. */
async function draw({ host, imageIds, classId, timesMs }: Stage, n: number, pick: number): Promise<void> {
  const imageId = imageIds[pick % imageIds.length] ?? '';
  const after = makeBox(`drawn-${n}`, imageId, classId, n % 1200);
  const startedMs = performance.now();
  await host.api.applyGesture({
    id: `gesture-${n}`,
    kind: 'do',
    of: null,
    label: 'Draw box',
    imageId,
    source: 'person',
    diffs: [{ table: 'boxes', id: after.id, before: null, after }],
  });
  if (n >= warmUp) timesMs.push(performance.now() - startedMs);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

export const editLatency: Bench = {
  name: 'edit-latency',
  summary:
    'one drawn box, from the call to durable on disk (synchronous=FULL), with 100 and with 100,000 boxes there',
  goal: { ratio: 1.2, better: 'at-most' },
  run: async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-'));
    const small = await prepare(path.join(dir, 'small'), 100);
    const large = await prepare(path.join(dir, 'large'), 100_000);
    try {
      const random = createRandom(1);
      // Turn by turn, so that both meet the same machine at the same moment.
      for (let n = 0; n < gestures + warmUp; n += 1) {
        const pick = random.int(1_000_000);
        const order = n % 2 === 0 ? [small, large] : [large, small];
        for (const stage of order) await draw(stage, n, pick);
      }
    } finally {
      await small.host.close();
      await large.host.close();
      rmSync(dir, { recursive: true, force: true });
    }
    const note = `median of ${gestures} gestures, turn by turn with the peer`;
    const [ours, peers] = [quantile(large.timesMs, 0.5), quantile(small.timesMs, 0.5)];
    return {
      figures: [
        { label: '100,000 boxes, median', value: ours, unit: 'ms', note },
        { label: '100,000 boxes, 95 %', value: quantile(large.timesMs, 0.95), unit: 'ms' },
        { label: '100 boxes, 95 %', value: quantile(small.timesMs, 0.95), unit: 'ms' },
      ],
      peer: { label: '100 boxes, median', value: peers, unit: 'ms' },
      ratio: ours / peers,
    };
  },
};
