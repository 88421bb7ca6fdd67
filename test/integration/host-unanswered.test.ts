/** Answering one suggestion of a photograph says nothing about the others: a training takes them neither for fish nor for background. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../src/core/records.ts';
import { acceptDiffs, rejectDiffs, reviewGesture } from '../../src/core/review.ts';
import type { EngineInput, TrainingSample } from '../../src/engine/messages.ts';
import { createHost, type Host } from '../../src/main/host/host.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { type ImageStory, openSuggestedProject, storyModelId } from '../helpers/suggested-project.ts';
import { makeBox, whenOver } from '../helpers/test-host.ts';

const cod = (x: number, score: number) => ({ classId: 'cod', at: [x, 10, 40, 40] as const, score });
/** Three fish that a model saw, and a faint nothing; the second photograph was drawn by hand, and the model says more than the hand. */
const stories: ImageStory[] = [
  { model: [cod(10, 0.9), cod(100, 0.6), cod(200, 0.4), cod(260, 0.1)] },
  { hand: [{ classId: 'hake', at: [10, 100, 40, 40] }], model: [cod(200, 0.8)] },
];
const request = { recipe: 'detector', parameters: {}, seed: 1, minutes: null };

describe('a photograph of which one suggestion was accepted', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-unanswered-'));
  const engine = createScriptedEngine();
  let host: Host;
  let images: string[] = [];
  let gestures = 0;
  beforeAll(async () => {
    host = await createHost({ shell: 'serve', userDataDir: path.join(dir, 'home'), engine });
    images = await openSuggestedProject(host, dir, stories);
  });
  afterAll(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const open = () => host.api.getImage({ id: images[0] ?? '', modelId: storyModelId });
  const suggestionAt = async (x: number): Promise<PredictionRecord> => {
    const found = (await open()).predictions.find((one) => one.x === x);
    if (found === undefined) throw new Error(`Nothing was suggested at ${x}.`);
    return found;
  };
  const answer = async (diffs: Parameters<typeof reviewGesture>[3]) => {
    gestures += 1;
    return host.api.applyGesture(reviewGesture(`g${gestures}`, 'Answer', images[0] ?? '', diffs));
  };
  const accept = async (x: number) => {
    const { image } = await open();
    return answer(acceptDiffs(await suggestionAt(x), image.state, `box ${x}`, image));
  };
  /** What the engine is told of the photographs. */
  const learn = async (): Promise<TrainingSample[]> => {
    await whenOver(host.api, (await host.api.startTraining(request)).jobId);
    const inputs = engine.calls.filter(({ method }) => method === 'train').map(({ input }) => input);
    const { samples } = inputs.at(-1) as EngineInput<'train'>;
    // The story's own model goes on suggesting.
    await host.api.updateModel({ id: storyModelId, pinned: true });
    return images.flatMap((id) => samples.find(({ image }) => image.id === id) ?? []);
  };
  const ignoredOf = (sample: TrainingSample | undefined) => sample?.ignored?.map(({ x }) => x);
  const warned = async () =>
    (await host.api.planTraining(request)).warnings.find(({ code }) => code === 'plan/unanswered')?.message;

  it('is learnt with its one fish, and the suggestions that wait teach nothing; one drawn by hand is whole', async () => {
    expect(await warned()).toBeUndefined();
    await accept(10);
    expect((await open()).image.state).toBe('labelled');
    expect(await warned()).toContain('2 suggestions on 1 labelled image without an answer');
    const [answered, drawn] = await learn();
    expect(answered?.boxes.map(({ x }) => x)).toEqual([10]);
    expect(ignoredOf(answered)).toEqual([100, 200]);
    expect(drawn).toMatchObject({ split: 'train' });
    expect(drawn).not.toHaveProperty('ignored');
  });

  it('is whole once the others have an answer; one put aside stays out of it', async () => {
    await accept(100);
    const last = await suggestionAt(200);
    const { id, status, boxId } = last;
    const aside = { id, status: 'unsure' as const, boxId };
    await answer([{ table: 'predictions', id, before: { id, status, boxId }, after: aside }]);
    expect(ignoredOf((await learn())[0])).toEqual([200]);
    await answer(rejectDiffs({ ...last, status: 'unsure' }));
    const [answered] = await learn();
    expect(answered?.boxes).toHaveLength(2);
    expect(answered).not.toHaveProperty('ignored');
    expect(await warned()).toBeUndefined();
  });

  it('is whole, too, when the person says that it is reviewed', async () => {
    await host.api.applyGesture({
      id: 'back',
      kind: 'undo',
      of: `g${gestures}`,
      label: 'Answer',
      imageId: null,
      source: 'person',
      diffs: [],
    });
    await host.api.applyGesture({
      id: 'back further',
      kind: 'undo',
      of: `g${gestures - 1}`,
      label: 'Answer',
      imageId: null,
      source: 'person',
      diffs: [],
    });
    expect(ignoredOf((await learn())[0])).toEqual([200]);
    const { id, state } = (await open()).image;
    await answer([{ table: 'images', id, before: { id, state }, after: { id, state: 'reviewed' } }]);
    expect((await learn())[0]).not.toHaveProperty('ignored');
  });

  it('a region to ignore is no fish: it teaches nothing, and is no box to learn from', async () => {
    const [, drawn = ''] = images;
    const heap = makeBox({
      id: 'heap',
      imageId: drawn,
      classId: 'cod',
      x: 150,
      y: 150,
      w: 90,
      h: 60,
      attributes: { 'coco.iscrowd': 1 },
    });
    const before = await host.api.planTraining(request);
    await host.api.applyGesture(
      reviewGesture('heap', 'Heap', drawn, [{ table: 'boxes', id: heap.id, before: null, after: heap }]),
    );
    expect((await host.api.planTraining(request)).boxes).toBe(before.boxes);
    const sample = (await learn())[1];
    expect(sample?.boxes).toHaveLength(1);
    expect(sample?.ignored).toEqual([{ x: 150, y: 150, w: 90, h: 60 }]);
  });
});
