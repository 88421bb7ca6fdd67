/** What an export says it lost is what reading it back does not find. */
import { describe, expect, it } from 'vitest';
import type { BoxRecord } from '../../src/core/records.ts';
import type { ExportInput } from '../../src/formats/format.ts';
import { formats } from '../../src/formats/list.ts';
import { type BoxDetail, countLosses, keptDetails } from '../../src/formats/losses.ts';
import { makeBox } from '../helpers/arbitrary-project.ts';
import { drainExport, lookupOf, makeImage, treeOf } from '../helpers/file-trees.ts';

const image = makeImage('a.jpg', { state: 'labelled', note: 'blurred' });
const box: BoxRecord = {
  ...makeBox('a.jpg', 'c', { x: 10, y: 10, w: 50, h: 40 }, 'b'),
  head: { x: 12, y: 20 },
  tail: { x: 50, y: 30 },
  attributes: { sex: 'f' },
  score: 0.5,
  source: 'model',
  modelId: 'm',
};
const input: ExportInput = {
  projectName: 'reef of everything',
  classes: [{ id: 'c', name: 'cod', color: '#112233', key: null, scientificName: null, position: 0 }],
  images: [image],
  boxes: [box],
  nowMs: 0,
};
const both = formats.filter(
  ({ canExport, canImport, precisionPx }) => canExport && canImport && precisionPx !== null,
);

describe.each(both.filter(({ id }) => id !== 'kaggle-dataset').map((format) => [format.id, format] as const))(
  '%s',
  (id, format) => {
    it('keeps of a box what the table of losses says, no more and no less', async () => {
      const [back] = (await format.read(treeOf(await drainExport(format.write(input))), lookupOf(image)))
        .boxes;
      const found: BoxDetail[] = [];
      if (back?.head !== null && back?.tail !== null) found.push('points');
      if (back?.attributes.sex === 'f') found.push('attributes');
      if (back?.score !== null) found.push('scores');
      expect([id, found]).toEqual([id, keptDetails[id]]);
    });
  },
);

describe('the count of losses', () => {
  it('is of boxes and images, each once, and less with every format that goes along', () => {
    expect(countLosses(['yolo'], [image], [box, { ...box, attributes: {} }])?.rows).toEqual([
      ['Head and tail points', '2 boxes'],
      ['Attributes', '1 box'],
      ['Scores', '2 boxes'],
      ['Which model a box came from', '2 boxes'],
      ['Notes', '1 image'],
    ]);
    expect(countLosses(['yolo', 'coco'], [], [{ ...box, modelId: null }])).toBeNull();
    expect(countLosses(['kaggle-submission'], [image], [box])).toBeNull();
  });
});
