/** The review as the host runs it: orders, filters, the share drawn at random and what it proves, all of it undoable. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordDiff } from '../../src/core/diffs.ts';
import type { ImageState } from '../../src/core/records.ts';
import { acceptDiffs, rejectDiffs, reviewGesture } from '../../src/core/review.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { createHost, type Host } from '../../src/main/host/host.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { type ImageStory, openSuggestedProject, storyModelId } from '../helpers/suggested-project.ts';
import { startTestHost } from '../helpers/test-host.ts';

const cod = (x: number, score: number) => ({ classId: 'cod', at: [x, 10, 40, 40] as const, score });
const hake = (x: number, score: number) => ({ classId: 'hake', at: [x, 10, 40, 40] as const, score });

/** Fourteen photographs nobody looked at; each has a sure cod, an unsure hake and a faint one. */
const stories: ImageStory[] = Array.from({ length: 14 }, () => ({
  model: [cod(10, 0.95), hake(100, 0.55), cod(200, 0.3)],
}));

describe('a review', () => {
  let dir = '';
  let host: Host;
  let ids: string[] = [];
  let gestures = 0;
  const save = (imageId: string, diffs: RecordDiff[]): Promise<unknown> =>
    host.api.applyGesture(reviewGesture(`g${++gestures}`, 'Answer', imageId, diffs));
  const undo = (gesture: number): Promise<unknown> =>
    host.api.applyGesture({
      id: `back ${gesture}`,
      kind: 'undo',
      of: `g${gesture}`,
      label: 'Answer',
      imageId: null,
      source: 'person',
      diffs: [],
    });
  const queue = async (part: Partial<Parameters<Host['api']['reviewQueue']>[0]> = {}) =>
    host.api.reviewQueue({ order: 'least-sure', minScore: 0.25, limit: 100, ...part });
  /** Says that the cod at the left is right, that the rest is not, and that one fish was missed. */
  const lookOver = async (imageId: string): Promise<void> => {
    const { image } = await host.api.getImage({ id: imageId });
    const boxOf = (name: string, x: number) => ({
      id: `${name}-${imageId.slice(0, 30)}`,
      imageId,
      classId: 'cod',
      x,
      y: 10,
      w: 40,
      h: 40,
      source: 'person' as const,
      modelId: null,
      score: null,
      attributes: {},
      head: null,
      tail: null,
    });
    const boxes = [boxOf('right', 10), boxOf('missed', 260)];
    const mark = (state: ImageState) => ({ id: imageId, state });
    await save(imageId, [
      ...boxes.map((box): RecordDiff => ({ table: 'boxes', id: box.id, before: null, after: box })),
      { table: 'images', id: imageId, before: mark(image.state), after: mark('reviewed') },
    ]);
  };

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-review-'));
    host = await createHost({
      shell: 'serve',
      userDataDir: path.join(dir, 'home'),
      engine: createScriptedEngine(),
    });
    ids = await openSuggestedProject(host, dir, stories);
  });
  afterAll(async () => {
    await host?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('asks class by class, of one class, of one part, and only above the cut', async () => {
    const byClass = (await queue({ order: 'class' })).items.map(({ prediction }) => prediction);
    expect(byClass.map(({ classId }) => classId)).toEqual([
      ...Array(28).fill('cod'),
      ...Array(14).fill('hake'),
    ]);
    expect(byClass.slice(0, 14).every(({ score }) => score === 0.95)).toBe(true);
    expect((await queue({ filter: { classId: 'hake' } })).total).toBe(14);
    expect((await queue({ minScore: 0.5 })).total).toBe(28);
    expect((await queue({ filter: { split: 'valid' } })).total).toBe(0);
    expect((await queue({ filter: { group: 'nobody' } })).items).toEqual([]);
  });

  it('asks first where two models disagree, and without a second one where the model is least sure', async () => {
    const alone = (await queue({ order: 'disagreement' })).items.map(({ prediction }) => prediction.score);
    expect(alone[0]).toBe(0.55);
    const projectDir = (await host.api.currentProject())?.path ?? '';
    await host.api.closeProject();
    const db = openProjectDatabase(projectDir, { create: false, nowMs: 0 });
    db.transaction(() => {
      const model = db.models.find(storyModelId);
      const [first = ''] = ids;
      if (model === undefined) throw new Error('The story has a model.');
      db.models.insert({ ...model, id: 'second', name: 'Second', pinned: false, createdAtMs: 2 });
      for (const one of db.predictions.listByImage(first, storyModelId))
        db.predictions.insert({ ...one, id: `second ${one.id}`, modelId: 'second', x: one.x + 3 });
      db.tallies.set('predicted:second', 1);
    });
    db.close();
    await host.api.openProject({ path: projectDir });
    const { items } = await queue({ order: 'disagreement' });
    // On the first photograph both say the same; elsewhere the second one says nothing at all.
    expect(items[0]?.prediction.score).toBe(0.95);
    expect(items.slice(-3).map(({ image }) => image.id)).toEqual([ids[0], ids[0], ids[0]]);
  });

  it('keeps a list of what was put aside, from which it can be answered', async () => {
    const [item] = (await queue({ filter: { classId: 'hake' } })).items;
    if (item === undefined) throw new Error('A hake waits.');
    const { id, status, boxId } = item.prediction;
    const aside: RecordDiff = {
      table: 'predictions',
      id,
      before: { id, status, boxId },
      after: { id, status: 'unsure', boxId },
    };
    await save(item.image.id, [aside]);
    expect((await host.api.reviewState({ minScore: 0.25 })).unsure).toBe(1);
    expect((await queue({ filter: { classId: 'hake' } })).total).toBe(13);
    const [again] = (await queue({ filter: { isUnsure: true } })).items;
    expect(again?.prediction).toMatchObject({ id, status: 'unsure' });
    if (again === undefined) return;
    await save(item.image.id, rejectDiffs(again.prediction));
    expect((await queue({ filter: { isUnsure: true } })).total).toBe(0);
    await undo(gestures);
    await undo(gestures - 1);
    expect((await queue({ filter: { classId: 'hake' } })).total).toBe(14);
  });

  it('never offers a fish once more that a person named, under whatever class, and offers it again on undo', async () => {
    const [imageId = ''] = ids;
    const offered = async () =>
      (await queue()).items
        .filter(({ image }) => image.id === imageId)
        .map(({ prediction }) => prediction.x)
        .sort((a, b) => a - b);
    expect(await offered()).toEqual([10, 100, 200]);
    const box = { id: 'ling', imageId, classId: 'ling', x: 103, y: 11, w: 38, h: 40 };
    const hand = {
      source: 'person' as const,
      modelId: null,
      score: null,
      attributes: {},
      head: null,
      tail: null,
    };
    await save(imageId, [
      { table: 'boxes', id: box.id, before: null, after: { ...box, ...hand } },
      {
        table: 'images',
        id: imageId,
        before: { id: imageId, state: 'unseen' },
        after: { id: imageId, state: 'labelled' },
      },
    ]);
    expect(await offered()).toEqual([10, 200]);
    await undo(gestures);
    expect(await offered()).toEqual([10, 100, 200]);
  });

  it('draws the photographs nobody chose, whatever was answered out of turn, and tells figures of them alone', async () => {
    const order = [...ids].sort();
    const before = await host.api.reviewState({ minScore: 0.5 });
    expect(before).toMatchObject({
      photographs: 0,
      precision: null,
      stop: { reason: 'unknown' },
      worthCut: null,
    });
    expect(before.settings.randomShare).toBe(0.1);
    expect((await host.api.reviewDraw({ minScore: 0.5 }))?.image.id).toBe(order[0]);
    // The last in the draw is answered first: it does not count yet.
    await lookOver(order[13] ?? '');
    expect((await host.api.reviewState({ minScore: 0.5 })).photographs).toBe(0);
    for (const id of order.slice(0, 10)) await lookOver(id);
    const draw = await host.api.reviewDraw({ minScore: 0.5 });
    expect([draw?.image.id, draw?.items.map(({ prediction }) => prediction.score)]).toEqual([
      order[10],
      [0.95, 0.55],
    ]);
    const state = await host.api.reviewState({ minScore: 0.5 });
    // Of cod and hake the cod is right; of two fish one was found.
    expect(state).toMatchObject({
      photographs: 10,
      precision: { value: 0.5, n: 20, units: 10 },
      recall: { value: 0.5, n: 20 },
      waiting: 6,
    });
    expect(state.precision?.low).toBeGreaterThan(0.2);
    expect(state.precision?.high).toBeLessThan(0.8);
    // Only the sure cods paid for themselves.
    expect(state.worthCut?.cut).toBeGreaterThan(0.55);
    expect(state.worthCut?.cut).toBeLessThanOrEqual(0.95);
  });

  it('passes over photographs the model learnt from', async () => {
    const project = (await host.api.currentProject())?.path ?? '';
    const order = [...ids].sort();
    const modelDir = path.join(project, 'models', storyModelId);
    mkdirSync(modelDir, { recursive: true });
    const taught = order.slice(0, 5).map((id) => ({
      image: { id, file: 'x', hash: 'x', widthPx: 1, heightPx: 1 },
      split: 'train',
      boxes: [],
    }));
    writeFileSync(
      path.join(modelDir, 'training-set.json'),
      JSON.stringify({ classes: [], samples: taught, plan: {} }),
    );
    await host.api.closeProject();
    await host.close();
    host = await createHost({
      shell: 'serve',
      userDataDir: path.join(dir, 'home'),
      engine: createScriptedEngine(),
    });
    await host.api.openProject({ path: project });
    expect((await host.api.reviewState({ minScore: 0.5 })).photographs).toBe(5);
  });

  it('keeps the share a person sets, and takes an answer back with one undo', async () => {
    await host.api.saveReviewSettings({ randomShare: 0.25, oneFish: false });
    const before = await host.api.reviewState({ minScore: 0.5 });
    expect(before.settings.randomShare).toBe(0.25);
    await undo(gestures);
    expect((await host.api.reviewState({ minScore: 0.5 })).photographs).toBe(before.photographs - 1);
    expect((await host.api.listGestures({ limit: 1 })).map(({ kind }) => kind)).toEqual(['undo']);
  });
});

describe('the cut that is offered', () => {
  it('is known from photographs labelled by drawing, before any suggestion is answered; one of which some were answered counts no more', async () => {
    await using test = await startTestHost({ images: 0, engine: createScriptedEngine() });
    const { host, dir } = test;
    const { score: _score, ...hand } = cod(10, 1);
    const ids = await openSuggestedProject(
      host,
      dir,
      Array.from({ length: 9 }, () => ({ hand: [hand], model: [cod(10, 0.9), hake(100, 0.5)] })),
    );
    const state = await host.api.reviewState({ minScore: 0.25 });
    expect(state.worthCut?.photographs).toBe(9);
    expect(state.worthCut?.cut).toBeGreaterThan(0.5);
    expect(state.worthCut?.cut).toBeLessThanOrEqual(0.9);
    // Nobody drew these photographs at random: they prove nothing.
    expect(state).toMatchObject({ photographs: 0, precision: null, recall: null });
    const { predictions } = await host.api.getImage({ id: ids[0] ?? '' });
    const wrong = predictions.find(({ score }) => score === 0.5);
    if (wrong === undefined) throw new Error('A hake was suggested.');
    await host.api.applyGesture(reviewGesture('no hake', 'Answer', ids[0] ?? '', rejectDiffs(wrong)));
    expect((await host.api.reviewState({ minScore: 0.25 })).worthCut?.photographs).toBe(8);
  });
});

describe('photographs of one fish each', () => {
  it('are asked about by the surest suggestion alone, the next once it was rejected, and by none where a fish is labelled', async () => {
    await using test = await startTestHost({ images: 0, engine: createScriptedEngine() });
    const { host, dir } = test;
    const { score: _score, ...hand } = cod(10, 1);
    const waiting = [cod(10, 0.9), hake(100, 0.6), cod(200, 0.3)];
    const [first = '', second = '', third = ''] = await openSuggestedProject(host, dir, [
      { model: waiting },
      { model: waiting },
      { hand: [hand], model: [cod(60, 0.8), hake(100, 0.5)] },
      // What a cut is chosen by: the surest is right, the second never is.
      ...Array.from({ length: 8 }, () => ({ hand: [hand], model: [cod(10, 0.7), hake(100, 0.65)] })),
    ]);
    const scoresOf = async (id: string) =>
      (await host.api.getImage({ id })).predictions
        .filter(({ status }) => status === 'pending')
        .map(({ score }) => score);
    const total = async () =>
      (await host.api.reviewQueue({ order: 'least-sure', minScore: 0.25, limit: 100 })).total;
    const worth = async () => (await host.api.reviewState({ minScore: 0.25 })).worthCut?.cut ?? Number.NaN;
    const set = (oneFish: boolean) => host.api.saveReviewSettings({ randomShare: 0.1, oneFish });
    // A wrong one between two right ones: the cut must leave right ones out.
    expect(await worth()).toBeGreaterThan(0.65);

    await set(true);
    expect([await total(), await scoresOf(first), await scoresOf(third)]).toEqual([2, [0.9], []]);
    expect(await worth()).toBeLessThanOrEqual(0.65);
    const surest = (await host.api.getImage({ id: first })).predictions[0];
    if (surest === undefined) throw new Error('The surest was offered.');
    await host.api.applyGesture(reviewGesture('not a cod', 'Answer', first, rejectDiffs(surest)));
    expect(await scoresOf(first)).toEqual([0.6]);
    const right = (await host.api.getImage({ id: second })).predictions[0];
    if (right === undefined) throw new Error('The surest was offered.');
    const accepted = acceptDiffs(right, 'unseen', 'own', { widthPx: 320, heightPx: 240 });
    await host.api.applyGesture(reviewGesture('a cod', 'Answer', second, accepted));
    expect([await scoresOf(second), await total()]).toEqual([[], 1]);

    await set(false);
    expect(await scoresOf(second)).toEqual([0.6, 0.3]);
    // Two on each of the first three, and the second of each of the others.
    expect(await total()).toBe(6 + 8);
  });
});
