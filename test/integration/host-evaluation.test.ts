/** The report of an evaluation as the host makes and keeps it, with a scripted engine on a real database. */
import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { labelImage, makeProject, startTestHost, whenOver } from '../helpers/test-host.ts';

describe('an evaluation', () => {
  it('is kept with the model until the next, and says when labels have changed since', async () => {
    const engine = createScriptedEngine();
    await using test = await startTestHost({ engine, images: 5 });
    const { imageIds, classIds } = await makeProject(test);
    const [alb = '', yft = ''] = classIds;
    for (const [i, imageId] of imageIds.slice(0, 4).entries())
      await labelImage(test, imageId, i < 3 ? alb : yft);
    const request = { recipe: 'detector', parameters: {}, seed: 7, minutes: null };
    const trained = await whenOver(test.api, (await test.api.startTraining(request)).jobId);
    const modelId = String(trained.result?.modelId);
    expect(await test.api.evaluation({ modelId, split: 'all' })).toBeNull();
    // Three of the four fish are found under their class, the fourth under another.
    engine.predictions = () => [
      { classIndex: 0, x: 4, y: 4, w: 10, h: 8, score: 0.9, probabilities: [0.9, 0.1] },
    ];
    const report = await test.api.evaluate({ modelId, split: 'all' });
    expect(report).toMatchObject({
      n: 4,
      seed: 7,
      boxClassAcc: 0.75,
      groups: { count: 4, by: 'image' },
      perClass: [
        { classId: alb, name: 'ALB', truthBoxes: 3, precision: 0.75, recall: 1 },
        { classId: yft, name: 'YFT', truthBoxes: 1, precision: null, recall: 0 },
      ],
      perImageClass: null,
      confusion: {
        classIds,
        boxes: [
          [3, 0, 0],
          [1, 0, 0],
          [0, 0, 0],
        ],
        images: null,
      },
      baselines: {
        of: 'boxes',
        n: 4,
        learntOn: 4,
        model: { accuracy: 0.75 },
        // All photographs are of one size, which tells nothing but the commonest class.
        rivals: [
          { id: 'pixel-size', accuracy: 0.75, clues: 1, knownFrac: 1 },
          { id: 'majority', accuracy: 0.75 },
        ],
      },
    });
    const kept = await test.api.evaluation({ modelId, split: 'all' });
    expect(kept).toMatchObject({ report, isStale: false });
    expect(await test.api.evaluation({ modelId, split: 'valid' })).toBeNull();
    await labelImage(test, imageIds[4] ?? '', alb);
    expect((await test.api.evaluation({ modelId, split: 'all' }))?.isStale).toBe(true);
    await expect(test.api.evaluation({ modelId: 'nobody', split: 'all' })).rejects.toMatchObject({
      code: 'model/unknown',
    });
  });
});
