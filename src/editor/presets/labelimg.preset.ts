/** The keys of labelImg 1.8 as its read-me lists them, where they have a sense here. Saving and deleting files have none. */
import type { KeyPreset } from './preset.ts';

export const labelimgPreset: KeyPreset = {
  id: 'labelimg',
  title: 'labelImg',
  keys: {
    'tool.box': ['W'],
    'tool.select': ['Ctrl+J'],
    'image.next': ['D', 'PageDown'],
    'image.previous': ['A', 'PageUp'],
    // Its flag "verified".
    'image.markReviewed': ['Space'],
    'box.duplicate': ['Ctrl+D'],
    'box.repeatPrevious': ['Ctrl+V'],
    'box.paste': ['Shift+V'],
    'box.delete': ['Delete'],
    'view.zoomIn': ['Ctrl++', '+', '='],
    'view.zoomOut': ['Ctrl+-', '-'],
    'view.actualSize': ['Ctrl+='],
    'view.fit': ['Ctrl+F', 'F'],
    'layer.boxes': ['Ctrl+H', 'O'],
    'list.search': ['Ctrl+Shift+F'],
  },
};
