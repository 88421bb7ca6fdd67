/** Classes merged and split across a whole project: boxes and suggestions go along, and undo brings every one of them back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHost, type Host } from '../../src/main/host/host.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';

describe('classes of a project', () => {
  let dir = '';
  let host: Host;
  let ids: string[] = [];
  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-classes-'));
    host = await createHost({ shell: 'serve', userDataDir: path.join(dir, 'home') });
    ids = await openSuggestedProject(host, dir, [
      {
        hand: [
          { classId: 'cod', at: [10, 10, 40, 40] },
          { classId: 'hake', at: [100, 10, 40, 40] },
        ],
        model: [{ classId: 'cod', at: [200, 100, 50, 50], score: 0.7 }],
      },
      { hand: [{ classId: 'cod', at: [20, 20, 60, 60] }] },
      { model: [{ classId: 'ling', at: [20, 20, 60, 60], score: 0.9 }] },
    ]);
  });
  afterEach(async () => {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const readAll = async () => ({
    classes: await host.api.listClasses(),
    documents: await Promise.all(
      ids.map(async (id) => {
        const { boxes, predictions } = await host.api.getImage({ id });
        return { boxes, predictions };
      }),
    ),
  });
  const counts = async () =>
    Object.fromEntries((await host.api.countBoxesByClass()).map(({ classId, boxes }) => [classId, boxes]));
  const undo = (of: string) =>
    host.api.applyGesture({
      id: `undo-${of}`,
      kind: 'undo',
      of,
      label: 'undo',
      imageId: null,
      source: 'person',
      diffs: [],
    });

  it('are merged with their boxes and suggestions in one step, once, and undo brings all of it back', async () => {
    const before = await readAll();
    const request = { gestureId: 'm', from: 'cod', into: 'hake' };
    const gesture = await host.api.mergeClasses(request);
    expect(gesture).toMatchObject({ id: 'm', label: 'Merge class cod into hake', imageId: null });
    expect(await host.api.mergeClasses(request)).toEqual(gesture);
    const after = await readAll();
    expect(after.classes.map(({ id, position }) => [id, position])).toEqual([
      ['hake', 0],
      ['ling', 1],
    ]);
    expect(after.documents.flatMap(({ boxes }) => boxes.map(({ classId }) => classId))).toEqual([
      'hake',
      'hake',
      'hake',
    ]);
    expect(after.documents[0]?.predictions.map(({ classId }) => classId)).toEqual(['hake']);
    expect(await counts()).toMatchObject({ hake: 3, cod: 0 });
    await undo('m');
    expect(await readAll()).toEqual(before);
  });

  it('are neither merged with themselves nor with one that is gone', async () => {
    const before = await readAll();
    await expect(host.api.mergeClasses({ gestureId: 'a', from: 'cod', into: 'cod' })).rejects.toMatchObject({
      code: 'classes/same',
    });
    await expect(host.api.mergeClasses({ gestureId: 'b', from: 'cod', into: 'eel' })).rejects.toMatchObject({
      code: 'classes/unknown',
    });
    expect(await readAll()).toEqual(before);
  });

  it('that have no box are deleted with their suggestions, which are there again, answered as they were, after undo', async () => {
    const { classes, documents } = await readAll();
    const ling = classes.find(({ id }) => id === 'ling');
    const [suggestion] = documents[2]?.predictions ?? [];
    if (ling === undefined || suggestion === undefined) throw new Error('The story has a suggested ling.');
    const mark = { id: suggestion.id, status: suggestion.status, boxId: suggestion.boxId };
    await host.api.applyGesture({
      ...{ id: 'no', kind: 'do', of: null, label: 'Reject suggestion', imageId: null, source: 'person' },
      diffs: [{ table: 'predictions', id: mark.id, before: mark, after: { ...mark, status: 'rejected' } }],
    });
    const before = await readAll();
    await host.api.applyGesture({
      ...{ id: 'gone', kind: 'do', of: null, label: 'Delete class ling', imageId: null, source: 'person' },
      diffs: [{ table: 'classes', id: 'ling', before: ling, after: null }],
    });
    expect((await readAll()).documents[2]?.predictions).toEqual([]);
    await undo('gone');
    expect(await readAll()).toEqual(before);
    await undo('no');
    expect((await readAll()).documents).toEqual(documents);
  });

  it('are split by what their boxes have as attributes, and undo takes the new class away', async () => {
    const [first, second] = (await readAll()).documents;
    const cod = [first?.boxes[0], second?.boxes[0]].filter((box) => box !== undefined);
    const attributes = [{ sex: 'f', wet: true }, { wet: true }];
    await host.api.applyGesture({
      ...{ id: 'say', kind: 'do', of: null, label: 'Attribute', imageId: null, source: 'person' },
      diffs: cod.map((box, i) => ({
        ...{ table: 'boxes' as const, id: box.id, before: box },
        after: { ...box, attributes: attributes[i] ?? {} },
      })),
    });
    expect(await host.api.listAttributeValues({ classId: 'cod' })).toEqual([
      { attribute: 'wet', value: true, boxes: 2 },
      { attribute: 'sex', value: 'f', boxes: 1 },
    ]);
    const before = await readAll();
    const split = { gestureId: 's', classId: 'cod', attribute: 'sex', value: 'f', name: 'cod (female)' };
    await host.api.splitClass(split);
    const { classes, documents } = await readAll();
    const made = classes.at(-1);
    expect(made).toMatchObject({ name: 'cod (female)', position: 3 });
    expect(documents[0]?.boxes[0]?.classId).toBe(made?.id);
    expect(documents[1]?.boxes[0]?.classId).toBe('cod');
    await undo('s');
    expect(await readAll()).toEqual(before);
    await expect(
      host.api.splitClass({ ...split, gestureId: 't', name: ' COD (Female) ', value: 'x' }),
    ).rejects.toMatchObject({ code: 'classes/nothing-to-split' });
    await expect(host.api.splitClass({ ...split, gestureId: 'u', name: ' Hake ' })).rejects.toMatchObject({
      code: 'classes/duplicate-name',
    });
    expect(await readAll()).toEqual(before);
  });
});
