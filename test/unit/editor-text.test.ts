/** The words for what the editor names by id: none is missing, and none is left over. */
import { expect, test } from 'vitest';
import { commands } from '../../src/editor/commands/list.ts';
import { commandTitle, noticeText } from '../../src/renderer/ui/editor-text.ts';
import { editorMessages } from '../../src/renderer/ui/messages/editor.messages.ts';

test('every command of the editor has a name of its own, and no name is without its command', () => {
  const named = Object.keys(editorMessages).filter((key) => key.startsWith('do.'));
  expect(named.sort()).toEqual(commands.map(({ id }) => `do.${id}`).sort());
  expect(new Set(commands.map(({ id }) => commandTitle(id))).size).toBe(commands.length);
});

test('a notice is told with its numbers, singular and plural', () => {
  expect(noticeText({ code: 'image/has-boxes', values: { n: 1 } })).toContain('1 labelled box,');
  expect(noticeText({ code: 'image/has-boxes', values: { n: 3 } })).toContain('3 labelled boxes,');
});
