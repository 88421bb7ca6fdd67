/** Where a model looks, as windows and scripts get it: pictures and numbers behind the same door as everything else. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heatColor } from '../../src/core/heatmap.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { makeBox, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

let test: TestHost;
let engine: ScriptedEngine;
let imageId: string;
let classId: string;
let modelId: string;

beforeAll(async () => {
  engine = createScriptedEngine();
  test = await startTestHost({ engine });
  const project = await makeProject(test);
  imageId = project.imageIds[0] ?? '';
  classId = project.classIds[0] ?? '';
  const box = makeBox({ id: 'hand', imageId, classId });
  await test.api.applyGesture({
    id: 'g',
    kind: 'do',
    of: null,
    label: 'Draw',
    imageId,
    source: 'person',
    diffs: [
      { table: 'boxes', id: box.id, before: null, after: box },
      {
        table: 'images',
        id: imageId,
        before: { id: imageId, state: 'unseen' },
        after: { id: imageId, state: 'labelled' },
      },
    ],
  });
  const request = { recipe: 'detector', parameters: {}, seed: 1, minutes: null };
  modelId = String((await whenOver(test.api, (await test.api.startTraining(request)).jobId)).result?.modelId);
});

afterAll(() => test[Symbol.asyncDispose]());

const ask = (address: string, headers: Record<string, string> = { 'x-catchlight-token': test.host.token }) =>
  test.host.app.request(`http://localhost${address}`, { headers });
const explainCalls = () => engine.calls.filter(({ method }) => method === 'explain').length;
const pixels = async (bytes: ArrayBuffer | Buffer) => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const from = (y * info.width + x) * info.channels;
    return [...data.subarray(from, from + info.channels)];
  };
  return { ...info, at };
};

describe('where a model looks', () => {
  it('is asked of the engine once, whatever classes are looked at afterwards', async () => {
    const before = explainCalls();
    const view = await test.api.explain({ imageId, method: 'auto' });
    expect(view).toMatchObject({
      modelId,
      method: 'cam',
      classes: [
        { classId, name: 'ALB', score: 0.8, peak: 1 },
        { name: 'YFT', score: 0.1, peak: 0 },
      ],
    });
    expect((await ask(`/explain/${imageId}/map.png?class=${classId}`)).status).toBe(200);
    expect((await ask(`/explain/${imageId}/map.png?class=YFT&style=cells`)).status).toBe(200);
    expect(explainCalls()).toBe(before + 1);
  });

  it('is a picture of the photograph’s shape, hot where the value is 1 and clear where it is 0', async () => {
    const answer = await ask(`/explain/${imageId}/map.png?class=ALB&style=cells&size=64`);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const { width, height, at } = await pixels(await answer.arrayBuffer());
    expect([width, height]).toEqual([64, 48]);
    expect(at(5, 5)).toEqual([...heatColor(1).slice(0, 3), 255]);
    expect(at(40, 5)[3]).toBe(0);
    expect(at(5, 40)[3]).toBe(0);
    const smooth = await pixels(
      await (await ask(`/explain/${imageId}/map.png?class=ALB&size=64`)).arrayBuffer(),
    );
    expect(smooth.at(32, 5)[3]).toBeGreaterThan(0);
  });

  it('is also the numbers behind the picture, with the range that all colours share', async () => {
    expect(await (await ask(`/explain/${imageId}/grid.json?class=ALB`)).json()).toMatchObject({
      method: 'cam',
      classId,
      range: { low: 0, high: 1 },
      grid: { rows: 2, columns: 2 },
      values: [1, 0, 0, 0],
    });
  });

  it('is not told to whoever comes without the token, or from another page', async () => {
    const address = `/explain/${imageId}/map.png?class=ALB`;
    expect((await ask(address, {})).status).toBe(401);
    const foreign = { 'x-catchlight-token': test.host.token, origin: 'http://evil.example' };
    expect((await ask(address, foreign)).status).toBe(403);
  });

  it('is refused with a reason to whoever asks for what is not there', async () => {
    const code = async (address: string) => {
      const answer = await ask(address);
      return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
    };
    expect(await code(`/explain/nobody/map.png?class=ALB`)).toEqual([404, 'image/unknown']);
    expect(await code(`/explain/${imageId}/map.png?class=unicorn`)).toEqual([404, 'explain/no-class']);
    expect(await code(`/explain/${imageId}/map.png?class=ALB&model=other`)).toEqual([404, 'model/unknown']);
    expect(await code(`/explain/${imageId}/map.png?class=ALB&size=1e9`)).toEqual([422, 'explain/bad-query']);
    expect(await code(`/explain/${imageId}/grid.json`)).toEqual([422, 'explain/bad-query']);
    await fc.assert(
      fc.asyncProperty(fc.webQueryParameters(), async (query) => {
        const answer = await ask(`/explain/${imageId}/map.png?${query}`);
        expect([200, 404, 422]).toContain(answer.status);
      }),
      { numRuns: 20 },
    );
  });

  it('is written to a file over the photograph in grey, whole or not at all', async () => {
    const file = path.join(test.dir, 'out', 'map.png');
    const request = {
      imagePath: 'img_0.jpg',
      className: 'ALB',
      method: 'auto',
      style: 'cells',
      onPhotograph: true,
      file,
    } as const;
    const { values } = await test.api.saveExplanation(request);
    expect(values).toEqual([1, 0, 0, 0]);
    const { at } = await pixels(readFileSync(file));
    const [red, green, blue] = at(600, 400);
    expect([green, blue]).toEqual([red, red]);
    expect(at(50, 50).slice(0, 3)).toEqual(heatColor(1).slice(0, 3));
    const other = path.join(test.dir, 'none.png');
    for (const [part, fault] of [
      [{ imagePath: '../img_0.jpg' }, 'image/unknown'],
      [{ className: 'unicorn' }, 'explain/no-class'],
    ] as const)
      await expect(test.api.saveExplanation({ ...request, ...part, file: other })).rejects.toMatchObject({
        code: fault,
      });
    expect(existsSync(other)).toBe(false);
  });
});
