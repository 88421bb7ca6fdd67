/** Imports too large for one transaction: still one gesture, undone in one step, while the host answers everybody else. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostApi } from '../../src/contract/host-api.ts';
import type { Job } from '../../src/core/jobs.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { createHost } from '../../src/main/host/host.ts';
import { labelImage, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

const images = 12;
const boxesEach = 500;
const total = images * boxesEach;

/** Boxes of a third class that overlap no other: each is another place on a grid of halves of a pixel. */
function writeLabels(test: TestHost): string {
  const rows: string[] = [];
  for (let image = 0; image < images; image += 1) {
    for (let i = 0; i < boxesEach; i += 1) {
      const x = (i % 25) * 2;
      const y = Math.floor(i / 25) * 2;
      rows.push(`img_${image}.jpg,SHARK,${x},${y},${x + 1.5},${y + 1.5}`);
    }
  }
  const file = path.join(test.dir, 'labels.csv');
  writeFileSync(file, `filename,class,xmin,ymin,xmax,ymax\n${rows.join('\n')}\n`);
  return file;
}

const countBoxes = async (api: HostApi): Promise<number> => (await api.currentProject())?.counts.boxes ?? -1;
const classNames = async (api: HostApi): Promise<string[]> =>
  (await api.listClasses()).map(({ name }) => name);

/** Calls back once, at the first news of labels after the import began; the import then waits for nobody. */
async function atFirstSlice(api: HostApi, act: () => unknown): Promise<void> {
  const stop = new AbortController();
  for await (const event of api.events(stop.signal)) {
    if (event.type !== 'labels') continue;
    await act();
    stop.abort();
    return;
  }
}

describe('an import of thousands of boxes', () => {
  let test: TestHost;
  let file = '';
  let classIds: string[] = [];
  const start = async (): Promise<string> => (await test.api.startImport({ path: file })).jobId;
  beforeAll(async () => {
    test = await startTestHost({ images: images + 1 });
    ({ classIds } = await makeProject(test));
    file = writeLabels(test);
  }, 60_000);
  afterAll(() => test[Symbol.asyncDispose]());

  it('that is stopped half way leaves nothing behind', async () => {
    let seen = 0;
    let jobId = '';
    const stopped = atFirstSlice(test.api, async () => {
      seen = await countBoxes(test.api);
      await test.api.cancelJob({ id: jobId });
    });
    jobId = await start();
    const job = await whenOver(test.api, jobId);
    await stopped;
    expect(job.state.status).toBe('cancelled');
    expect([seen > 0, seen < total]).toEqual([true, true]);
    expect([await countBoxes(test.api), await classNames(test.api)]).toEqual([0, ['ALB', 'YFT']]);
    expect(await test.api.listGestures({ limit: 5 })).toEqual([]);
  }, 60_000);

  it('lets a person draw meanwhile, is one step of the history, and one undo takes all of it back and nothing else', async () => {
    const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 50 });
    const last = items.find((item) => item.path === `img_${images}.jpg`)?.id ?? '';
    const drawn = atFirstSlice(test.api, () => labelImage(test, last, classIds[0] ?? ''));
    const job: Job = await whenOver(test.api, await start());
    await drawn;
    expect(job.state).toMatchObject({ status: 'done' });
    expect(job.result).toMatchObject({ boxes: total, images, skipped: [] });
    expect([await countBoxes(test.api), await classNames(test.api)]).toEqual([
      total + 1,
      ['ALB', 'YFT', 'SHARK'],
    ]);
    const history = await test.api.listGestures({ limit: 5 });
    // The person's box was saved while the import ran, and so before it.
    expect(history.map(({ label }) => label)).toEqual(['Draw', 'Import CSV table']);
    const gesture = history.at(-1);
    if (gesture === undefined) throw new Error('The import left no gesture.');
    expect(gesture.id).toBe(job.result?.gestureId);

    const undo = { ...gesture, id: 'undo-large', kind: 'undo', of: gesture.id, diffs: [] } as const;
    const [once, again] = await Promise.all([
      test.api.applyGesture({ ...undo, diffs: [] }),
      test.api.applyGesture({ ...undo, diffs: [] }),
    ]);
    expect(again).toEqual(once);
    expect([await countBoxes(test.api), await classNames(test.api)]).toEqual([1, ['ALB', 'YFT']]);
    expect((await test.api.currentProject())?.counts).toMatchObject({ labelled: 1, unseen: images });

    await test.api.applyGesture({ ...gesture, id: 'redo-large', kind: 'redo', of: gesture.id, diffs: [] });
    expect([await countBoxes(test.api), (await test.api.currentProject())?.counts.labelled]).toEqual([
      total + 1,
      images + 1,
    ]);
    await test.api.applyGesture({ ...undo, id: 'undo-again', diffs: [] });
    expect(await countBoxes(test.api)).toBe(1);
  }, 120_000);

  it('that a crash cuts short is taken back when the project is opened again, a box drawn meanwhile stays', async () => {
    const project = (await test.api.currentProject())?.path ?? '';
    const crashed = path.join(test.dir, 'crashed.catchlight');
    const copied = atFirstSlice(test.api, () => {
      cpSync(project, crashed, { recursive: true, filter: (name) => !name.includes('lock') });
    });
    const job = await whenOver(test.api, await start());
    await copied;
    expect(job.state.status).toBe('done');
    const left = openProjectDatabase(crashed, { create: false, nowMs: 0 });
    expect([left.changes.listUnfinished().length, left.tallies.get('boxes') > 1]).toEqual([1, true]);
    left.close();
    const host = await createHost({ shell: 'serve', userDataDir: path.join(test.dir, 'other-home') });
    try {
      const { counts } = await host.api.openProject({ path: crashed });
      expect(counts).toMatchObject({ boxes: 1, labelled: 1, unseen: images });
      expect(await classNames(host.api)).toEqual(['ALB', 'YFT']);
    } finally {
      await host.close();
      rmSync(crashed, { recursive: true, force: true });
    }
  }, 120_000);
});
