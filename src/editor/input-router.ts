/** Brings every input to the one that wants it: the camera, a tool, or a command. Knows about held keys and lent tools. */
import { fitCamera, panBy, zoomAt } from './camera.ts';
import { findCommand } from './keymap.ts';
import { tools } from './tools/list.ts';
import type {
  Command,
  EditorContext,
  EditorInput,
  KeyInput,
  PointerInput,
  Tool,
  ToolId,
  ToolInput,
  ToolState,
  WheelInput,
} from './types.ts';

export interface InputRouter {
  dispatch(input: EditorInput): boolean;
  /** Chooses a tool; whatever the one before had under way is dropped. */
  setTool(id: ToolId): void;
  toolId(): ToolId;
  current(): { readonly id: ToolId; readonly state: string; readonly cursor: string };
  /** True while a tool has something under way. */
  isBusy(): boolean;
  /** Drops what tools have under way. Held keys stay held. */
  cancel(): void;
}

interface Running {
  readonly tool: Tool;
  readonly state: ToolState;
}

/** Tools that draw: boxes that are there are only grabbed while Ctrl is held. */
const drawing: ReadonlySet<ToolId> = new Set<ToolId>(['box', 'line']);

/** Creates the router. `context` may be used only after this returns. */
export function createInputRouter(
  context: EditorContext,
  commands: () => readonly Command[],
  firstTool: ToolId,
): InputRouter {
  let base = idleOf(firstTool);
  // A tool lent for one drag (Space, middle button, Ctrl) while the chosen one waits in whatever state it is.
  let lent: Running | null = null;
  let lastPointer: PointerInput | null = null;
  let isSpaceHeld = false;
  const held = new Map<string, Command>();

  const feed = (running: Running, input: ToolInput): Running => ({
    tool: running.tool,
    state: running.tool.handle(running.state, input, context),
  });
  const feedCurrent = (input: ToolInput): void => {
    if (lent === null) {
      base = feed(base, input);
      return;
    }
    lent = feed(lent, input);
    if (isIdle(lent)) lent = null;
  };
  /** After the camera moved, what is being drawn follows the pointer that did not. */
  const followCamera = (): void => {
    if (lastPointer !== null && lent === null && !isIdle(base))
      base = feed(base, { ...lastPointer, type: 'pointermove' });
  };
  const cancelTools = (): void => {
    if (lent !== null) feed(lent, { type: 'cancel' });
    lent = null;
    if (!isIdle(base)) base = feed(base, { type: 'cancel' });
  };

  const onPointer = (input: PointerInput): boolean => {
    if (input.type !== 'pointermove' && input.button === 2) return false;
    lastPointer = input;
    if (input.type === 'doubleclick')
      return onDoubleClick(context, input, lent === null && isIdle(base) ? base.tool.id : null);
    if (input.type === 'pointerdown' && lent === null) {
      if (input.button === 1 || isSpaceHeld) lent = idleOf('pan');
      else if ((input.ctrl || input.meta) && drawing.has(base.tool.id) && isIdle(base))
        lent = idleOf('select');
    }
    const isSideButton = input.type !== 'pointermove' && input.button === 1 && lent?.tool.id !== 'pan';
    if (!isSideButton) feedCurrent(input);
    if (input.type === 'pointermove' && !isBusy()) hover(context, input);
    return true;
  };

  const onKeyDown = (input: KeyInput): boolean => {
    if (input.key === 'Escape') return onEscape();
    const isBare = !input.ctrl && !input.meta && !input.alt;
    // Space lends the pan tool, unless somebody gave it another meaning.
    if (input.code === 'Space' && isBare && findCommand(commands(), input) === undefined) {
      isSpaceHeld = true;
      context.update({});
      return true;
    }
    const command = findCommand(commands(), input);
    if (command === undefined || (command.canRun !== undefined && !command.canRun(context))) return false;
    if (input.isRepeat && !command.canRepeat) return true;
    if (isBusy() && !command.isViewOnly) {
      if (command.id === 'history.undo') cancelTools();
      return true;
    }
    command.run(context);
    if (command.release !== undefined) held.set(input.code, command);
    return true;
  };
  const onEscape = (): boolean => {
    const { selectedBoxIds, selectedPredictionId } = context.view();
    if (isBusy()) cancelTools();
    else if (base.tool.id !== 'select') setTool('select');
    else if (selectedBoxIds.length > 0 || selectedPredictionId !== null)
      context.update({ selectedBoxIds: [], selectedPredictionId: null });
    else return false;
    return true;
  };
  const onKeyUp = (input: KeyInput): boolean => {
    if (input.code === 'Space') {
      isSpaceHeld = false;
      context.update({});
    }
    const command = held.get(input.code);
    held.delete(input.code);
    command?.release?.(context);
    return command !== undefined;
  };
  const onCancel = (): boolean => {
    cancelTools();
    isSpaceHeld = false;
    for (const command of held.values()) command.release?.(context);
    held.clear();
    return true;
  };
  const setTool = (id: ToolId): void => {
    cancelTools();
    base = idleOf(id);
    context.update({});
  };
  const isBusy = (): boolean => lent !== null || !isIdle(base);

  return {
    dispatch(input) {
      if (input.type === 'cancel') return onCancel();
      if ('key' in input) {
        if (input.type === 'keyup') return onKeyUp(input);
        const isUsed = onKeyDown(input);
        if (isUsed) followCamera();
        return isUsed;
      }
      if (input.type !== 'wheel') return onPointer(input);
      wheel(context, input);
      followCamera();
      return true;
    },
    setTool,
    toolId: () => base.tool.id,
    current() {
      const shown = lent ?? (isSpaceHeld ? idleOf('pan') : base);
      const { id } = shown.tool;
      return {
        id: lent?.tool.id ?? base.tool.id,
        state: shown.state.name,
        cursor: toolOf(id).cursor(shown.state, context.view()),
      };
    },
    isBusy,
    cancel: cancelTools,
  };
}

function idleOf(id: ToolId): Running {
  const tool = toolOf(id);
  return { tool, state: tool.initial };
}

function toolOf(id: ToolId): Tool {
  const tool = tools.find((entry) => entry.id === id);
  if (tool === undefined) throw new RangeError(`no tool "${id}" in tools/list.ts`);
  return tool;
}

function isIdle(running: Running): boolean {
  return running.state.name === running.tool.initial.name;
}

function hover(context: EditorContext, input: PointerInput): void {
  const hit = context.hitTest(input.atView);
  const before = context.view().hover;
  if (JSON.stringify(hit) !== JSON.stringify(before)) context.update({ hover: hit });
}

function onDoubleClick(context: EditorContext, input: PointerInput, idleTool: ToolId | null): boolean {
  // Not while drawing: two quick clicks there are a small shape; and with the zoom tool they zoom twice.
  if (
    idleTool === null ||
    drawing.has(idleTool) ||
    idleTool === 'zoom' ||
    context.hitTest(input.atView).kind !== 'empty'
  )
    return false;
  context.setCamera(fitCamera(context.size(), context.view().viewport), true);
  return true;
}

function wheel(context: EditorContext, input: WheelInput): void {
  const { camera, viewport } = context.view();
  if (input.shift) {
    const distance = input.deltaXView === 0 ? input.deltaYView : input.deltaXView;
    context.setCamera(panBy(camera, -distance, 0, context.size(), viewport));
    return;
  }
  // Pinch arrives as a wheel with Ctrl and small steps, so it gets a stronger effect for each.
  const strength = input.ctrl ? 0.01 : 0.0016;
  const factor = Math.min(Math.max(Math.exp(-input.deltaYView * strength), 0.5), 2);
  context.setCamera(zoomAt(camera, input.atView, factor, context.size(), viewport));
}
