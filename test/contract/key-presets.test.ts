/** Every key preset: no key means two things, every action it names exists, and what a person chooses wins. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { preferencesSchema } from '../../src/core/preferences.ts';
import { commands } from '../../src/editor/commands/list.ts';
import { findClashes, matchesChord, resolveKeys } from '../../src/editor/keymap.ts';
import { presets } from '../../src/editor/presets/list.ts';
import { studioPreset } from '../../src/editor/presets/studio.preset.ts';
import { chordOf } from '../../src/renderer/app/use-keys.ts';
import { allActions } from '../../src/renderer/app/window-actions.ts';
import { formatChord } from '../../src/renderer/ui/chords.ts';
import { commandTitle } from '../../src/renderer/ui/editor-text.ts';
import { driveEditor, makeBox, makeDocument, noKeys } from '../helpers/editor-driver.ts';

describe.each(presets)('the preset $title', (preset) => {
  const actions = resolveKeys(allActions, preset, {});
  const keysOf = (id: string) => actions.find((action) => action.id === id)?.keys ?? [];

  test('gives no key two meanings', () => {
    expect(findClashes(actions)).toEqual([]);
  });

  test('names only actions that exist, and gives each the keys it says', () => {
    const ids = new Set(allActions.map(({ id }) => id));
    for (const [id, keys] of Object.entries(preset.keys)) {
      expect(ids).toContain(id);
      expect(keysOf(id)).toEqual(keys);
    }
  });

  test('leaves nobody without the keys that work needs', () => {
    for (const id of ['tool.box', 'image.next', 'image.previous', 'box.delete', 'history.undo', 'view.fit'])
      expect(keysOf(id), id).not.toEqual([]);
    // These delete files in other tools.
    const all = actions.flatMap(({ keys }) => keys);
    expect(all).not.toContain('Ctrl+Shift+D');
    expect(all).not.toContain('Ctrl+Shift+Delete');
  });
});

test('every action has a name, and each preset is one that preferences know', () => {
  for (const { id } of allActions) expect(commandTitle(id), id).not.toBe('Unknown command');
  expect(presets.map(({ id }) => id)).toEqual(preferencesSchema.shape.preset.unwrap().options);
});

test('what a person chose for one action is taken from whatever had it by default', () => {
  const actions = resolveKeys(allActions, studioPreset, { 'tool.box': ['N'], 'history.undo': [] });
  const keysOf = (id: string) => actions.find((action) => action.id === id)?.keys;
  expect([keysOf('tool.box'), keysOf('image.markEmpty'), keysOf('history.undo')]).toEqual([['N'], [], []]);
  expect(findClashes(actions)).toEqual([]);
  // Two wishes for one key are both kept, and told.
  const both = resolveKeys(allActions, studioPreset, { 'tool.box': ['9'], 'tool.pan': ['9'] });
  expect(findClashes(both)).toEqual([{ chord: '9', ids: ['tool.box', 'tool.pan'] }]);
});

test('arrows may move a box and go through the images, since never both at once', () => {
  const arrows = allActions.filter(({ keys }) => keys.includes('ArrowRight')).map(({ id }) => id);
  expect(arrows).toEqual(['image.nextFree', 'compare.next', 'box.nudge.right']);
});

test('a key that was pressed to be bound is the key that is heard afterwards', () => {
  const press = fc.record({
    key: fc.constantFrom('a', 'Q', 'ß', 'F5', 'ArrowLeft', 'Enter', '[', '+', '?', '-', 'PageDown', ' '),
    shiftKey: fc.boolean(),
    ctrlKey: fc.boolean(),
    altKey: fc.boolean(),
  });
  fc.assert(
    fc.property(press, ({ key, ...mods }) => {
      const code = key === ' ' ? 'Space' : /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : '';
      // A sign takes whatever Shift and AltGr its keyboard needs; Alt alone is no part of it.
      fc.pre(!(mods.altKey && /^[^A-Za-z0-9 ]$/.test(key)));
      const event = { key, code, metaKey: false, ...mods } as KeyboardEvent;
      const heard = { type: 'keydown', key, code, isRepeat: false } as const;
      const held = { shift: mods.shiftKey, alt: mods.altKey, ctrl: mods.ctrlKey, meta: false };
      expect(matchesChord(chordOf(event), { ...heard, ...held })).toBe(true);
    }),
  );
});

test('the editor hears the keys it was given, and Space pans unless it has a meaning of its own', () => {
  const d = driveEditor({ document: makeDocument({ boxes: [makeBox('a')] }) });
  const press = (key: string, code: string): boolean =>
    d.editor.dispatch({ type: 'keydown', key, code, isRepeat: false, ...noKeys });
  d.editor.setKeys((id) => ({ 'tool.box': ['J'], 'image.markReviewed': ['Space'] })[id]);
  press('j', 'KeyJ');
  expect(d.editor.getSnapshot().tool.id).toBe('box');
  press(' ', 'Space');
  expect(d.editor.getSnapshot().image?.state).toBe('reviewed');
  expect(d.editor.commands.find(({ id }) => id === 'tool.box')?.keys).toEqual(['J']);
  d.editor.setKeys(() => undefined);
  expect(d.editor.commands).toEqual(commands);
});

test('keys are written as on the keyboard', () => {
  expect(['Ctrl+Shift+ArrowLeft', 'Ctrl++', '+', 'Delete', 'drag, or click twice'].map(formatChord)).toEqual([
    'Ctrl+Shift+←',
    'Ctrl++',
    '+',
    'Del',
    'drag, or click twice',
  ]);
});
