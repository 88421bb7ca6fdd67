/** A second look at boxes as the host plans it: whom it asks, and which photographs are left to judge it; a scripted engine on a real database. */
import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../../src/engine/messages.ts';
import { recipeCards } from '../../src/engine/recipes/list.ts';
import { describeRecipe } from '../../src/engine/recipes/recipe.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { labelImage, makeProject, startTestHost, whenOver } from '../helpers/test-host.ts';

const request = (recipe: string, parameters: Record<string, unknown> = {}) => ({
  recipe,
  parameters,
  seed: 1,
  minutes: null,
});

/** Ten labelled photographs of five boats; none marked for either side. */
async function start() {
  const engine = createScriptedEngine();
  engine.recipes = recipeCards.map(describeRecipe);
  const test = await startTestHost({ engine, images: 10 });
  const { classIds } = await makeProject(test);
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
  for (const [i, { id }] of items.entries()) await labelImage(test, id, classIds[i % 2] ?? '');
  const { path } = (await test.api.currentProject()) ?? { path: '' };
  await test.api.closeProject();
  const db = openProjectDatabase(path, { create: false, nowMs: 0 });
  for (const [i, { id }] of items.entries()) db.images.update(id, { group: `boat ${Math.floor(i / 2)}` });
  db.close();
  await test.api.openProject({ path });
  const train = async (recipe: string, parameters: Record<string, unknown> = {}): Promise<string> => {
    const job = await whenOver(test.api, (await test.api.startTraining(request(recipe, parameters))).jobId);
    expect(job.state.status).toBe('done');
    return String(job.result?.modelId);
  };
  return { test, engine, train };
}

describe('a second look at boxes', () => {
  it('asks for a detector in a sentence where there is none, and names the one that suggests in its plan', async () => {
    const { test, train } = await start();
    await using _ = test;
    await train('gap-head');
    await expect(test.api.planTraining(request('crop-classifier'))).rejects.toMatchObject({
      code: 'crops/no-detector',
      hint: expect.stringContaining('Train a detector first'),
    });
    const detector = await train('detector');
    const plan = await test.api.planTraining(request('crop-classifier'));
    expect(plan).toMatchObject({ parameters: { detector, turner: '' } });
    const looked = await train('crop-classifier');
    const models = await test.api.listModels();
    expect(models.find(({ pinned }) => pinned)).toMatchObject({ id: looked, parameters: { detector } });
    // Now a second look suggests: the next one looks at the boxes it looked at.
    expect((await test.api.planTraining(request('crop-classifier'))).parameters).toMatchObject({ detector });
  });

  it('refuses by name what finds no boxes itself, and what tells no lines', async () => {
    const { test, train } = await start();
    await using _ = test;
    const [pooled, detector] = [await train('gap-head'), await train('detector')];
    const looked = await train('crop-classifier');
    const cases: [Record<string, unknown>, string][] = [
      [{ detector: 'nobody' }, 'crops/detector-missing'],
      [{ detector: pooled }, 'crops/detector-unusable'],
      [{ detector: looked }, 'crops/detector-unusable'],
      [{ level: 'box' }, 'crops/no-turner'],
      [{ level: 'box', turner: 'nobody' }, 'crops/turner-missing'],
      [{ level: 'box', turner: detector }, 'crops/turner-unusable'],
    ];
    for (const [parameters, code] of cases)
      await expect(
        test.api.planTraining(request('crop-classifier', parameters)),
        JSON.stringify(parameters),
      ).rejects.toMatchObject({ code });
    const turner = await train('head-tail');
    const plan = await test.api.planTraining(request('crop-classifier', { level: 'box', detector }));
    expect(plan.parameters).toMatchObject({ detector, turner });
    await expect(
      test.api.planTraining(request('ensemble-boxes', { members: `${detector},${looked}` })),
    ).rejects.toMatchObject({
      code: 'ensemble/member-unusable',
      message: expect.stringMatching(/Second look.*boxes of another model/),
    });
  });

  it('is never judged by what its detector learnt: such boats teach instead, whole, and the plan says so', async () => {
    const { test, engine, train } = await start();
    await using _ = test;
    await train('detector');
    const same = await test.api.planTraining(request('crop-classifier'));
    const own = await test.api.planTraining(request('detector'));
    expect([same.trainImages, same.validImages]).toEqual([own.trainImages, own.validImages]);
    expect(same.warnings.map(({ code }) => code)).not.toContain('plan/judges-taught');
    const lastSamples = () => {
      const input = engine.calls.findLast(({ method }) => method === 'train')?.input;
      return (input as EngineInput<'train'>).samples;
    };
    const taught = new Set(
      lastSamples()
        .filter(({ split }) => split === 'train')
        .map(({ image }) => image.group),
    );
    // Other seeds divide the boats otherwise; some of them judge by boats the detector learnt.
    let moved = 0;
    for (let seed = 2; seed < 8; seed++) {
      const other = { ...request('crop-classifier'), seed };
      const plan = await test.api.planTraining(other);
      if (plan.warnings.some(({ code }) => code === 'plan/judges-taught')) moved++;
      await whenOver(test.api, (await test.api.startTraining(other)).jobId);
      const samples = lastSamples();
      for (const { image, split } of samples)
        if (split === 'valid') expect(taught).not.toContain(image.group);
      expect(samples).toHaveLength(10);
    }
    expect(moved).toBeGreaterThan(0);
  });
});
