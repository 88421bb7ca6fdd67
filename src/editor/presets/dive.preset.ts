/** The keys of DIVE's annotator as its documentation lists them (frames are images here, types are classes, tracks are boxes). */
import type { KeyPreset } from './preset.ts';

export const divePreset: KeyPreset = {
  id: 'dive',
  title: 'DIVE',
  keys: {
    'image.next': ['F', 'PageDown'],
    'image.previous': ['D', 'PageUp'],
    'tool.box': ['N', 'W'],
    'select.next': ['ArrowDown', 'Tab'],
    'select.previous': ['ArrowUp', 'Shift+Tab'],
    'view.fit': ['R'],
    // Head and tail are drawn as one line.
    'tool.line': ['H', 'T'],
    'view.hide': ['Shift+H'],
    'box.delete': ['Delete'],
    'class.find': ['Shift+Enter', '/'],
    'prediction.acceptAll': ['Ctrl+Enter'],
    'image.nextUnreviewed': ['Shift+F'],
    'image.previousUnreviewed': ['Shift+D'],
    'image.markEmpty': ['Shift+E'],
  },
};
