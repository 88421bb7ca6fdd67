/** Labels that a model doubts, on a real database: what is listed, in what order, and what an answer does for good. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordDiff } from '../../src/core/diffs.ts';
import { createHost, type Host } from '../../src/main/host/host.ts';
import { keepHand, type LabelChange, replaceByModel } from '../../src/renderer/app/label-changes.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { type ImageStory, openSuggestedProject } from '../helpers/suggested-project.ts';

const cod = (x: number) => ({ classId: 'cod', at: [x, 40, 50, 40] as const });
const hake = (x: number) => ({ classId: 'hake', at: [x, 40, 50, 40] as const });
/** The model knows cod and hake well; one cod is called hake by hand, one hake is not drawn, and one cod is seen by nobody else. */
const stories: ImageStory[] = [
  {
    hand: [cod(10), hake(150)],
    model: [
      { ...cod(11), score: 0.7 },
      { ...hake(151), score: 0.6 },
    ],
  },
  {
    hand: [cod(10), hake(150)],
    model: [
      { ...cod(11), score: 0.8 },
      { ...hake(151), score: 0.7 },
    ],
  },
  { hand: [hake(10)], model: [{ ...cod(12), score: 0.95 }] },
  {
    hand: [cod(10)],
    model: [
      { ...cod(10), score: 0.9 },
      { ...hake(200), score: 0.85 },
    ],
  },
  { hand: [cod(100)], model: [] },
];

describe('doubtful labels', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-doubts-'));
  let host: Host;
  let images: string[] = [];
  let gestures = 0;
  beforeAll(async () => {
    host = await createHost({
      shell: 'serve',
      userDataDir: path.join(dir, 'home'),
      engine: createScriptedEngine(),
    });
    images = await openSuggestedProject(host, dir, stories);
  });
  afterAll(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const list = async () => host.api.listSuspects({ split: 'all', limit: 100 });
  const kinds = async () => (await list()).items.map(({ kind, image }) => [kind, images.indexOf(image.id)]);
  const save = async ({
    label,
    imageId,
    diffs,
  }: {
    label: string;
    imageId: string;
    diffs: readonly RecordDiff[];
  }) => {
    const id = `answer-${++gestures}`;
    await host.api.applyGesture({
      id,
      kind: 'do',
      of: null,
      label,
      imageId,
      source: 'person',
      diffs: [...diffs],
    });
    return id;
  };
  const undo = (of: string) =>
    host.api.applyGesture({
      id: `undo-${of}`,
      kind: 'undo',
      of,
      label: '',
      imageId: null,
      source: 'person',
      diffs: [],
    });
  const find = async (kind: string) => {
    const item = (await list()).items.find((entry) => entry.kind === kind);
    if (item === undefined) throw new Error(`no doubt of the kind ${kind}`);
    return item;
  };
  const must = (change: LabelChange | null): LabelChange => {
    if (change === null) throw new Error('there is nothing to change');
    return change;
  };

  it('are listed with the strongest doubt first, as far as asked for', async () => {
    expect(await kinds()).toEqual([
      ['class', 2],
      ['not-drawn', 3],
      ['not-there', 4],
    ]);
    const { total, items } = await host.api.listSuspects({ split: 'all', limit: 1 });
    expect([total, items.length]).toEqual([3, 1]);
  });

  it('do not come back once confirmed, come back with undo, and once the class was changed', async () => {
    const { hand } = await find('not-there');
    const answer = await save(must(keepHand('The hand is right', hand, null)));
    expect(await kinds()).toEqual([
      ['class', 2],
      ['not-drawn', 3],
    ]);
    expect((await list()).confirmed).toBe(1);
    await undo(answer);
    expect(await kinds()).toHaveLength(3);
    await save(must(keepHand('The hand is right', hand, null)));
    const boxes = (await host.api.getImage({ id: images[4] ?? '' })).boxes;
    const [box] = boxes;
    if (box === undefined) throw new Error('the box is there');
    expect(box.confirmedAs).toBe('cod');
    expect(keepHand('again', box, null)).toBeNull();
    await save({
      label: 'Class',
      imageId: box.imageId,
      diffs: [{ table: 'boxes', id: box.id, before: box, after: { ...box, classId: 'hake' } }],
    });
    expect(await kinds()).toContainEqual(['not-there', 4]);
  });

  it('about what is not drawn are answered by rejecting the model’s box, and wrong labels by taking it', async () => {
    const undrawn = await find('not-drawn');
    await save(must(keepHand('The hand is right', null, undrawn.predicted)));
    const wrong = await find('class');
    if (wrong.hand === null || wrong.predicted === null) throw new Error('both are there');
    await save(replaceByModel('The model is right', wrong.hand, wrong.predicted));
    expect((await kinds()).map(([kind]) => kind)).not.toContain('class');
    expect((await kinds()).map(([kind]) => kind)).not.toContain('not-drawn');
    const shown = await host.api.getImage({ id: images[3] ?? '', modelId: 'model-story' });
    // What a hand box answers is not suggested, and shown to who compares.
    expect(shown.predictions).toHaveLength(2);
    expect((await host.api.getImage({ id: images[3] ?? '' })).predictions).toHaveLength(1);
  });

  it('stand apart from pairs, which can be had surest first, with their scores counted', async () => {
    const { pairs, histogram } = await host.api.compare({
      split: 'all',
      minScore: 0,
      order: 'highest-score',
      limit: 2,
    });
    expect(pairs.map(({ predicted }) => predicted?.score)).toEqual([0.95, 0.9]);
    expect(histogram.reduce((sum, bin) => sum + bin.matched + bin.wrongClass + bin.extra, 0)).toBe(7);
  });
});
