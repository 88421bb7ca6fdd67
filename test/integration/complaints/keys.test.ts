/** Complaints 29 and 30 of docs/complaints.md: keys that are missing or cannot be changed, and too many hand movements. With the real editor. */
import { expect, it } from 'vitest';
import { commands } from '../../../src/editor/commands/list.ts';
import { findClashes, resolveKeys } from '../../../src/editor/keymap.ts';
import { presets } from '../../../src/editor/presets/list.ts';
import { studioPreset } from '../../../src/editor/presets/studio.preset.ts';
import { allActions } from '../../../src/renderer/app/window-actions.ts';
import { driveEditor, makeBox, makeDocument, makeImage, noKeys } from '../../helpers/editor-driver.ts';

it('29: a digit is a class, on every keyboard and in every preset, and any key can be another', () => {
  const d = driveEditor({ document: makeDocument({ boxes: [makeBox('a')] }) });
  d.click({ x: 140, y: 130 });
  // A French keyboard types “é” where the 2 is.
  const azerty = { key: 'é', code: 'Digit2', isRepeat: false, ...noKeys };
  expect(d.editor.dispatch({ type: 'keydown', ...azerty })).toBe(true);
  expect(d.editor.getSnapshot().boxes[0]?.classId).toBe('YFT');
  d.press('Escape');
  d.press('3');
  d.press('W');
  d.drag({ x: 300, y: 300 }, { x: 360, y: 340 });
  expect(d.editor.getSnapshot().boxes.at(-1)?.classId).toBe('SHARK');

  for (const preset of presets) {
    const actions = resolveKeys(allActions, preset, {});
    for (const digit of '1234567890')
      expect([preset.id, actions.find(({ id }) => id === `class.${digit}`)?.keys]).toEqual([
        preset.id,
        expect.arrayContaining([digit]),
      ]);
  }
  // Every single action takes another key, and no key ends up with two meanings by it.
  for (const { id } of allActions) {
    const actions = resolveKeys(allActions, studioPreset, { [id]: ['Ctrl+Alt+F9'] });
    expect(actions.find((action) => action.id === id)?.keys).toEqual(['Ctrl+Alt+F9']);
    expect(findClashes(actions)).toEqual([]);
  }
  d.editor.setKeys((id) => (id === 'class.1' ? ['J'] : undefined));
  d.press('J');
  expect(d.editor.getSnapshot().boxes.at(-1)?.classId).toBe('ALB');
});

it('30: letters choose tools, boxes of the image before are repeated, the wheel zooms where the pointer is, and nobody changes modes', () => {
  const d = driveEditor({ document: makeDocument() });
  // Draw ten in a row, one over the other, without a dialog and without a key in between.
  d.press('W');
  for (let i = 0; i < 10; i += 1) d.drag({ x: 100 + i, y: 100 + i }, { x: 200 + i, y: 180 + i });
  expect(d.editor.getSnapshot().boxes).toHaveLength(10);
  expect(d.gestures).toHaveLength(10);
  // Correct the last without leaving the tool, by Ctrl and by keys; pan and zoom in the middle of it.
  d.drag({ x: 150, y: 150 }, { x: 260, y: 250 }, { ctrl: true });
  expect(d.editor.getSnapshot().tool.id).toBe('box');
  expect(d.gestures.at(-1)?.label).toBe('Move box');
  const at = { x: 612, y: 333 };
  const under = () => {
    const { camera } = d.editor.getSnapshot();
    return [(at.x - camera.xView) / camera.scale, (at.y - camera.yView) / camera.scale].map((v) =>
      v.toFixed(6),
    );
  };
  const before = under();
  d.down({ x: 300, y: 300 });
  d.editor.dispatch({ type: 'wheel', atView: at, deltaXView: 0, deltaYView: -240, ...noKeys });
  expect(under()).toEqual(before);
  expect(d.editor.getSnapshot().camera.scale).toBeGreaterThan(1.5);
  d.move({ x: 400, y: 380 });
  d.up({ x: 400, y: 380 });
  expect(d.editor.getSnapshot().boxes).toHaveLength(11);

  d.editor.open({ ...makeDocument(), image: makeImage('two') });
  d.press('Shift+R');
  expect(
    d.editor
      .getSnapshot()
      .boxes.map(({ x, y, w, h }) => [x, y, w, h])
      .sort(),
  ).toEqual(
    d.editor
      .getSnapshot()
      .previousBoxes.map(({ x, y, w, h }) => [x, y, w, h])
      .sort(),
  );
  expect(d.gestures.at(-1)?.label).toBe('Repeat 11 boxes');
  // All that is pressed all day lies under a letter.
  const often = [
    'tool.box',
    'tool.select',
    'image.next',
    'image.previous',
    'image.markEmpty',
    'image.markReviewed',
    'view.fit',
  ];
  for (const id of often)
    expect(
      allActions.find((action) => action.id === id)?.keys.some((key) => /^[A-Z]$/.test(key)),
      id,
    ).toBe(true);
  expect(commands.every(({ keys }) => !keys.some((key) => /^Alt\+[A-Z]$/.test(key)))).toBe(true);
});
