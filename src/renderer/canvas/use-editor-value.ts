/** How React parts read the editor: one value each, so that moving the camera does not redraw the panels. */
import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { Editor, EditorSnapshot } from '../../editor/types.ts';
import { whenDrawn } from './when-drawn.ts';

/**
 * The selected part of the editor's snapshot, in the frame of the input that changed it: for the canvas itself. `select` must return a part of
 * it or a primitive, not a new object each time.
 */
export function useEditorValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  return useSyncExternalStore(editor.subscribe, () => select(editor.getSnapshot()));
}

/**
 * The same for what lies around the canvas: it follows when the frame is drawn, once, whatever came before it.
 * Not for fields, switches and sliders: they would show their old value for a frame.
 */
export function useLateValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  return useSyncExternalStore(useLateSubscription(editor), () => select(editor.getSnapshot()));
}

/**
 * The same, and while a tool has something under way it stays what it was before: panels follow when the hand lets go, so that a drag costs
 * what the canvas costs, however long their lists are. Keys change it at once.
 */
export function useSettledValue<T>(editor: Editor, select: (snapshot: EditorSnapshot) => T): T {
  const held = useRef<{ readonly editor: Editor; readonly value: T } | null>(null);
  return useSyncExternalStore(useLateSubscription(editor), () => {
    const snapshot = editor.getSnapshot();
    if (held.current?.editor !== editor || snapshot.tool.state === 'idle')
      held.current = { editor, value: select(snapshot) };
    return held.current.value;
  });
}

function useLateSubscription(editor: Editor): (listener: () => void) => () => void {
  return useCallback((listener: () => void) => subscribeLate(editor, listener), [editor]);
}

/** While a hand zooms, pans or drags, what lies around the canvas follows ten times a second: nobody reads faster. */
const PACE_MS = 100;

/** Who waits for changes of an editor: one that listens to it for all of them. */
const followers = new WeakMap<Editor, Set<() => void>>();
/** Those to be told when the frame is drawn: together, so that React draws them in one go. */
const waiting = new Set<ReadonlySet<() => void>>();
let asked: 'when drawn' | ReturnType<typeof setTimeout> | null = null;
let toldAtMs = Number.NEGATIVE_INFINITY;

/** Tells `listener` after the frame of a change; while a hand is at something, of the first change and then of the latest at each pace. */
export function subscribeLate(editor: Editor, listener: () => void): () => void {
  const listeners = followers.get(editor) ?? follow(editor);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** As long as the editor lives; without listeners it costs nothing. */
function follow(editor: Editor): Set<() => void> {
  const listeners = new Set<() => void>();
  followers.set(editor, listeners);
  let seen = editor.getSnapshot();
  editor.subscribe(() => {
    const before = seen;
    seen = editor.getSnapshot();
    if (listeners.size === 0) return;
    waiting.add(listeners);
    if (asked === 'when drawn') return;
    const isLooking = isUnderWay(before, seen);
    if (isLooking && asked !== null) return;
    const isHandedOver = isAboutToBeSaved(before, seen);
    const restMs = isHandedOver ? PACE_MS : toldAtMs + PACE_MS - performance.now();
    if (asked !== null) clearTimeout(asked);
    if (isHandedOver || (isLooking && restMs > 0)) {
      asked = setTimeout(tellAll, restMs);
      return;
    }
    asked = 'when drawn';
    whenDrawn(tellAll);
  });
  return listeners;
}

/** What changes while a photograph is only looked at. */
const looks: ReadonlySet<keyof EditorSnapshot> = new Set(['camera', 'isFitted', 'tool', 'hover'] as const);

/** Whether a tool has something in hand, or the photograph was only looked at from elsewhere. */
function isUnderWay(before: EditorSnapshot, now: EditorSnapshot): boolean {
  if (now.tool.state !== 'idle') return true;
  const keys = Object.keys(now) as (keyof EditorSnapshot)[];
  return keys.every((key) => looks.has(key) || before[key] === now[key]);
}

/**
 * Whether a hand has just let go of what is on its way to the host. The host mostly answers within a pace, and then all around the canvas is
 * drawn once instead of twice: for the labels, and for "Saving…" that gives way to "Saved" before anybody could read it.
 */
function isAboutToBeSaved(before: EditorSnapshot, now: EditorSnapshot): boolean {
  return before.tool.state !== 'idle' && now.tool.state === 'idle' && now.save.kind === 'saving';
}

function tellAll(): void {
  asked = null;
  toldAtMs = performance.now();
  const told = [...waiting].flatMap((listeners) => [...listeners]);
  waiting.clear();
  for (const listener of told) listener();
}
