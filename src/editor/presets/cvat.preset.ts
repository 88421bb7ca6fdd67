/** The keys of CVAT's annotation page as its manual lists them (frames are images here, labels are classes). */
import type { KeyPreset } from './preset.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

export const cvatPreset: KeyPreset = {
  id: 'cvat',
  title: 'CVAT',
  keys: {
    'tool.box': ['N', 'W'],
    'image.next': ['F', 'PageDown'],
    'image.previous': ['D', 'PageUp'],
    'image.forward': ['V'],
    'image.back': ['C'],
    // Its search for the next frame with annotations.
    'image.nextUnreviewed': ['Shift+F'],
    'image.previousUnreviewed': ['Shift+D'],
    'tool.select': ['Shift+V'],
    'view.fit': ['Ctrl+Shift+F'],
    'view.hide': ['H'],
    'box.lock': ['L'],
    'tool.line': ['Shift+N'],
    'box.repeatPrevious': ['Ctrl+B'],
    'box.delete': ['Delete', 'Shift+Delete'],
    'image.markEmpty': ['Shift+E'],
    // Ctrl and a digit change the label; the digit alone does here, too.
    ...Object.fromEntries(digits.map((digit) => [`class.${digit}`, [`Ctrl+${digit}`, digit]])),
    'view.actualSize': ['Ctrl+Shift+0'],
  },
};
