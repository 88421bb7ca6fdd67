/** Turns DOM events on the canvas into the editor's plain inputs. */
import type { EditorInput, KeyInput, Modifiers, PointerInput } from '../../editor/types.ts';

const LINE_VIEW = 16;
const PAGE_VIEW = 400;
/** What takes letters for itself; a switch does not. */
const typesText = 'input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable="true"]';

/** A pointer or double-click event, relative to the element it happened on. */
export function toPointerInput(
  type: PointerInput['type'],
  event: MouseEvent,
  element: HTMLElement,
): PointerInput {
  return { type, atView: toLocal(event, element), button: event.button, ...toModifiers(event) };
}

/** A wheel event with lines and pages turned into CSS pixels. */
export function toWheelInput(event: WheelEvent, element: HTMLElement): EditorInput {
  const unit = [1, LINE_VIEW, PAGE_VIEW][event.deltaMode] ?? 1;
  return {
    type: 'wheel',
    atView: toLocal(event, element),
    deltaXView: event.deltaX * unit,
    deltaYView: event.deltaY * unit,
    ...toModifiers(event),
  };
}

/**
 * A key event, or undefined where the editor must not see it: while an IME composes, or when the key was typed into a text field
 * or pressed on a control that has a use for it.
 */
export function toKeyInput(event: KeyboardEvent): KeyInput | undefined {
  if (event.isComposing || event.key === 'Process') return undefined;
  const { target } = event;
  if (target instanceof HTMLElement && target.closest(typesText) !== null) return undefined;
  return {
    type: event.type === 'keyup' ? 'keyup' : 'keydown',
    key: event.key,
    code: event.code,
    isRepeat: event.repeat,
    ...toModifiers(event),
  };
}

function toModifiers(event: MouseEvent | KeyboardEvent): Modifiers {
  return { shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey, meta: event.metaKey };
}

/** `offsetX` is relative to whatever child was hit, so the element's own rectangle is asked. */
function toLocal(event: MouseEvent, element: HTMLElement): { x: number; y: number } {
  const rect = element.getBoundingClientRect();
  return { x: event.clientX - rect.left, y: event.clientY - rect.top };
}
