/** The gap, and looks at the test side: what the host asks of the engine, and what it makes of the answers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { EngineInput } from '../../src/engine/messages.ts';
import { sayGap } from '../../src/main/host/audit/gap.ts';
import type { EnginePort } from '../../src/main/host/engine-port.ts';
import { readDivision } from '../../src/main/host/learning/training-set.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import {
  labelImage,
  makeProject,
  startTestHost,
  type TestHost,
  whenOver,
  writeJpeg,
} from '../helpers/test-host.ts';

const boats = 6;
const ofBoat = 4;

/** Right about a photograph where training had its boat, and else in half of the cases: what a model that knows the boats would score. */
function knowsBoats(): { engine: EnginePort; trained: EngineInput<'train'>[] } {
  const trained: EngineInput<'train'>[] = [];
  const scripted = createScriptedEngine();
  const call: EnginePort['call'] = async (method, input, options) => {
    const output = await scripted.call(method, input, options);
    if (method !== 'train') return output;
    const asked = input as EngineInput<'train'>;
    trained.push(asked);
    const known = new Set(
      asked.samples.flatMap(({ image, split }) => (split === 'train' ? [image.group] : [])),
    );
    const judged = asked.samples.filter(({ split }) => split === 'valid');
    const right = judged.reduce((sum, { image }) => sum + (known.has(image.group) ? 1 : 0.5), 0);
    const metrics = {
      n: judged.length,
      split: 'valid',
      classAcc: right / judged.length,
      logLoss: null,
      meanIou: null,
      map50: null,
      map: null,
    };
    return { ...output, metrics };
  };
  return { engine: { ...scripted, call }, trained };
}

async function makeBoats(engine: EnginePort): Promise<{ test: TestHost; ids: string[] }> {
  const test = await startTestHost({ images: 0, engine });
  for (let i = 0; i < boats * ofBoat; i++)
    await writeJpeg(path.join(test.imagesDir, `img_${i}.jpg`), i, {
      width: 64 + 8 * (i % boats),
      height: 48,
    });
  const { imageIds, classIds } = await makeProject(test);
  for (const [i, id] of imageIds.entries()) await labelImage(test, id, classIds[i % 2] ?? '');
  return { test, ids: imageIds };
}

it('the same recipe is trained on random and on grouped folds, every group judged once, and the gap is said in a sentence', async () => {
  const { engine, trained } = knowsBoats();
  const { test } = await makeBoats(engine);
  await using _ = test;
  const { jobId } = await test.api.startGap({
    recipe: 'gap-head',
    parameters: {},
    seed: 1,
    minutes: null,
    folds: 3,
  });
  const job = await whenOver(test.api, jobId);
  expect(job.state).toMatchObject({ status: 'done' });
  const gap = await test.api.gap();
  expect(gap?.sides.map(({ splitBy, mean, images }) => [splitBy, mean, images])).toEqual([
    ['random', 1, boats * ofBoat],
    ['grouped', 0.5, boats * ofBoat],
  ]);
  expect(gap?.sentence).toBe('gap-head: on new boats expect 0.50 of classes right, not 1.00.');
  const grouped = trained.slice(3);
  for (const { samples } of grouped) {
    const sides = new Map<string | null | undefined, Set<string>>();
    for (const { image, split } of samples)
      sides.set(image.group, (sides.get(image.group) ?? new Set()).add(split));
    expect([...sides.values()].every((on) => on.size === 1)).toBe(true);
  }
  // Models made for measuring are not kept.
  expect(await test.api.listModels()).toEqual([]);
}, 60_000);

it('a gap between a handful of photographs is said to be chance, and one of many is not', () => {
  const say = (images: number, grouped: number) =>
    sayGap('Head', 'classAcc', { mean: 0.8, images }, { mean: grouped, images });
  expect(say(10, 0.7)).toMatch(/expect 0.70 of classes right, not 0.80; but with 10 and 10 .* may be chance/);
  expect(say(400, 0.7)).toBe('Head: on new boats expect 0.70 of classes right, not 0.80.');
  expect(say(10, 0.79)).toContain('no gap to speak of');
});

it('dropped copies neither teach nor judge, and one group is no comparison', async () => {
  const { engine, trained } = knowsBoats();
  const { test, ids } = await makeBoats(engine);
  await using _ = test;
  const [kept = '', copy = ''] = ids;
  await test.api.regroup({ gestureId: 'drop', label: 'Drop', changes: [{ imageIds: [copy], copyOf: kept }] });
  await whenOver(
    test.api,
    (await test.api.startGap({ recipe: 'gap-head', parameters: {}, seed: 1, minutes: null, folds: 1 })).jobId,
  );
  expect(trained.map(({ samples }) => samples.length)).toEqual([boats * ofBoat - 1, boats * ofBoat - 1]);
  await test.api.regroup({
    gestureId: 'all',
    label: 'One boat',
    changes: [{ imageIds: ids, group: 'boat' }],
  });
  await expect(
    test.api.startGap({ recipe: 'gap-head', parameters: {}, seed: 1, minutes: null, folds: 1 }),
  ).rejects.toMatchObject({ code: 'gap/one-group' });
}, 60_000);

it('each evaluation on the test side is counted', async () => {
  const { engine } = knowsBoats();
  const { test } = await makeBoats(engine);
  await using _ = test;
  await test.api.applySplit({
    gestureId: 's',
    request: { way: 'grouped', trainFrac: 0.6, validFrac: 0.2, seed: 1, group: null },
  });
  const { jobId } = await test.api.startTraining({
    recipe: 'gap-head',
    parameters: {},
    seed: 1,
    minutes: null,
  });
  await whenOver(test.api, jobId);
  await test.api.evaluate({ split: 'valid' });
  expect((await test.api.dataOverview()).testLooks).toBe(0);
  await test.api.evaluate({ split: 'test' });
  await test.api.evaluate({ split: 'all' });
  expect((await test.api.dataOverview()).testLooks).toBe(2);
}, 60_000);

it('a model is judged once more on what is news to it, and the report shows both figures', async () => {
  const { engine } = knowsBoats();
  const { test, ids } = await makeBoats(engine);
  await using _ = test;
  const { jobId } = await test.api.startTraining({
    recipe: 'gap-head',
    parameters: {},
    seed: 1,
    minutes: null,
  });
  await whenOver(test.api, jobId);
  const before = await test.api.evaluate({ split: 'valid' });
  expect(before.unseen).toBeNull();
  const [model] = await test.api.listModels();
  const division = readDivision(
    path.join((await test.api.currentProject())?.path ?? '', 'models', model?.id ?? ''),
  );
  const learnt = ids.find((id) => division.get(id) === 'train') ?? '';
  const judged = ids.filter((id) => division.get(id) === 'valid');
  await test.api.regroup({
    gestureId: 'twin',
    label: 'Twins',
    changes: [{ imageIds: [learnt, judged[0] ?? ''], chain: 'one' }],
  });
  const after = await test.api.evaluate({ split: 'valid' });
  expect(after).toMatchObject({ n: judged.length, unseen: { n: judged.length - 1, seen: 1 } });
  expect((await test.api.evaluate({ split: 'train' })).unseen).toMatchObject({ n: 0, classAcc: null });
  await whenOver(test.api, (await test.api.startAudit({ features: false, seed: 1 })).jobId);
  const file = path.join(test.dir, 'report.json');
  await test.api.saveAudit({ file });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    models: [{ name: model?.name, split: 'valid', images: judged.length, unseen: { n: judged.length - 1 } }],
  });
  const page = await test.host.app.request('http://localhost/audit/report.html', {
    headers: { 'x-catchlight-token': test.host.token },
  });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  expect(await page.text()).toContain('<h2>Models</h2>');
  const stranger = await test.host.app.request('http://localhost/audit/report.html');
  expect(stranger.status).toBe(401);
}, 60_000);
