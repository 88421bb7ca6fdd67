/** Commands that only change how the image is looked at: tools, zoom, layers, selection. */
import { actualSizeCamera, boxCamera, fitCamera, zoomAt } from '../camera.ts';
import type { Command, EditorContext, Layers } from '../types.ts';
import { defineCommand } from './command.ts';

const ZOOM_STEP = 1.25;

export const viewCommands: readonly Command[] = [
  defineCommand({
    id: 'tool.select',
    keys: 'V',
    run: (context) => context.setTool('select'),
  }),
  defineCommand({
    id: 'tool.box',
    keys: 'W R B',
    run: (context) => context.setTool('box'),
  }),
  defineCommand({ id: 'tool.line', keys: 'L', run: (context) => context.setTool('line') }),
  defineCommand({ id: 'tool.zoom', keys: 'Shift+Z', run: (context) => context.setTool('zoom') }),
  defineCommand({ id: 'tool.pan', keys: '', run: (context) => context.setTool('pan') }),
  defineCommand({
    id: 'view.fit',
    keys: 'F',
    isViewOnly: true,
    run: (context) => context.setCamera(fitCamera(context.size(), context.view().viewport), true),
  }),
  defineCommand({
    id: 'view.actualSize',
    keys: 'Ctrl+0',
    isViewOnly: true,
    run: (context) =>
      context.setCamera(actualSizeCamera(context.view().camera, context.size(), context.view().viewport)),
  }),
  defineCommand({
    id: 'view.zoomIn',
    keys: '+ =',
    canRepeat: true,
    isViewOnly: true,
    run: (context) => zoom(context, ZOOM_STEP),
  }),
  defineCommand({
    id: 'view.zoomOut',
    keys: '-',
    canRepeat: true,
    isViewOnly: true,
    run: (context) => zoom(context, 1 / ZOOM_STEP),
  }),
  defineCommand({
    id: 'view.zoomToBox',
    keys: 'Z',
    isViewOnly: true,
    canRun: (context) => selectedShape(context) !== undefined,
    run: (context) => {
      const box = selectedShape(context);
      if (box !== undefined) context.setCamera(boxCamera(box, context.size(), context.view().viewport));
    },
  }),
  toggleLayer('layer.predictions', 'P', 'predictions'),
  toggleLayer('layer.boxes', 'O', 'boxes'),
  toggleLayer('layer.heatmap', 'M', 'heatmap'),
  toggleLayer('layer.ignored', 'I', 'ignored'),
  defineCommand({
    id: 'view.hide',
    keys: 'H',
    isViewOnly: true,
    run: (context) => context.update({ isHidden: true }),
    release: (context) => context.update({ isHidden: false }),
  }),
  defineCommand({
    id: 'select.next',
    keys: 'Tab',
    canRepeat: true,
    canRun: (context) => context.boxes().length > 0,
    run: (context) => cycle(context, 1),
  }),
  defineCommand({
    id: 'select.previous',
    keys: 'Shift+Tab',
    canRepeat: true,
    canRun: (context) => context.boxes().length > 0,
    run: (context) => cycle(context, -1),
  }),
  defineCommand({
    id: 'select.all',
    keys: 'Ctrl+A',
    canRun: (context) => context.boxes().length > 0,
    run: (context) => {
      // What is hidden stays out: nobody deletes what is not seen.
      const { widthPx: w, heightPx: h } = context.size();
      const seen = context.boxesIn({ x: 0, y: 0, w, h });
      context.update({ selectedBoxIds: seen.map(({ id }) => id), selectedPredictionId: null });
    },
  }),
  defineCommand({
    id: 'select.none',
    keys: '',
    run: (context) => context.update({ selectedBoxIds: [], selectedPredictionId: null }),
  }),
];

function zoom(context: EditorContext, factor: number): void {
  const { camera, viewport } = context.view();
  const middle = { x: viewport.widthView / 2, y: viewport.heightView / 2 };
  context.setCamera(zoomAt(camera, middle, factor, context.size(), viewport));
}

function selectedShape(context: EditorContext) {
  const { selectedBoxIds, selectedPredictionId } = context.view();
  const boxId = selectedBoxIds[0];
  if (boxId !== undefined) return context.findBox(boxId);
  return selectedPredictionId === null ? undefined : context.findPrediction(selectedPredictionId);
}

function toggleLayer(id: string, keys: string, layer: keyof Layers): Command {
  return defineCommand({
    id,
    keys,
    isViewOnly: true,
    run: (context) => {
      const { layers } = context.view();
      context.update({ layers: { ...layers, [layer]: !layers[layer] } });
    },
  });
}

function cycle(context: EditorContext, step: 1 | -1): void {
  const boxes = context.boxes();
  const current = boxes.findIndex((box) => box.id === context.view().selectedBoxIds[0]);
  const from = current < 0 && step < 0 ? 0 : current;
  const next = boxes[(from + step + boxes.length) % boxes.length];
  if (next !== undefined) context.update({ selectedBoxIds: [next.id], selectedPredictionId: null });
}
