/** What keys do in the window besides the editor's own commands, where, and with which keys in the preset "Studio". */
import { commands } from '../../editor/commands/list.ts';
import type { KeyedAction } from '../../editor/keymap.ts';

export const windowActions = [
  { id: 'window.palette', keys: ['Ctrl+K'], places: ['anywhere'] },
  { id: 'window.keys', keys: ['?', 'F1'], places: ['anywhere'] },
  { id: 'window.nextPane', keys: ['F6'], places: ['anywhere'] },
  { id: 'window.previousPane', keys: ['Shift+F6'], places: ['anywhere'] },
  { id: 'image.next', keys: ['D', 'PageDown'], places: ['annotate'] },
  { id: 'image.previous', keys: ['A', 'PageUp'], places: ['annotate'] },
  { id: 'image.nextFree', keys: ['ArrowRight'], places: ['annotate'], only: 'unselected' },
  { id: 'image.previousFree', keys: ['ArrowLeft'], places: ['annotate'], only: 'unselected' },
  { id: 'image.forward', keys: ['Shift+PageDown'], places: ['annotate'] },
  { id: 'image.back', keys: ['Shift+PageUp'], places: ['annotate'] },
  { id: 'image.nextUnreviewed', keys: ['Shift+D'], places: ['annotate'] },
  { id: 'image.previousUnreviewed', keys: ['Shift+A'], places: ['annotate'] },
  { id: 'list.grid', keys: ['G'], places: ['annotate'] },
  { id: 'list.jump', keys: ['Ctrl+G'], places: ['annotate'] },
  { id: 'list.search', keys: ['Ctrl+F'], places: ['annotate'] },
  { id: 'view.panel', keys: ['Y'], places: ['annotate'] },
  { id: 'view.resetLight', keys: ['Shift+Y'], places: ['annotate'] },
  { id: 'review.adjust', keys: ['E'], places: ['review'] },
  { id: 'data.audit', keys: ['Ctrl+Enter'], places: ['data'] },
  { id: 'data.undo', keys: ['Ctrl+Z'], places: ['data'] },
  { id: 'data.redo', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], places: ['data'] },
  { id: 'data.merge', keys: ['M'], places: ['data'] },
  { id: 'data.rename', keys: ['F2'], places: ['data'] },
  { id: 'data.split', keys: ['N'], places: ['data'] },
  { id: 'data.asOne', keys: ['O'], places: ['data'] },
  { id: 'compare.next', keys: ['S', 'ArrowRight'], places: ['compare'] },
  { id: 'compare.previous', keys: ['Shift+S', 'ArrowLeft'], places: ['compare'] },
  { id: 'compare.takeModel', keys: ['Enter'], places: ['compare'] },
  { id: 'compare.keepHand', keys: ['X'], places: ['compare'] },
  { id: 'crops.up', keys: ['ArrowUp'], places: ['compare'] },
  { id: 'crops.down', keys: ['ArrowDown'], places: ['compare'] },
  { id: 'crops.extendNext', keys: ['Shift+ArrowRight'], places: ['compare'] },
  { id: 'crops.extendPrevious', keys: ['Shift+ArrowLeft'], places: ['compare'] },
  { id: 'crops.toggle', keys: ['Space'], places: ['compare'] },
  { id: 'crops.all', keys: ['Ctrl+A'], places: ['compare'] },
  { id: 'crops.clear', keys: ['Escape'], places: ['compare'] },
  { id: 'crops.like', keys: ['L'], places: ['compare'] },
] as const satisfies readonly KeyedAction[];

export type WindowActionId = (typeof windowActions)[number]['id'];

/** Arrows move a box when one is selected, and go through the images when none is. */
const needsSelection = /^box\.(nudge|stretch)\./;

/** Classes are given in Compare, too: to many crops at once. */
const givesClass = /^class\.\d$/;

/** Everything that has keys. */
export const allActions: readonly KeyedAction[] = [
  ...windowActions,
  ...commands.map(
    ({ id, keys }): KeyedAction => ({
      id,
      keys,
      places: givesClass.test(id) ? ['annotate', 'review', 'compare'] : ['annotate', 'review'],
      ...(needsSelection.test(id) ? { only: 'selected' } : {}),
    }),
  ),
];
