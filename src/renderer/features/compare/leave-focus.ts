/** Who hears the keys after the mouse chose something: the pair that is asked about, not what was clicked. */
import type { MouseEvent } from 'react';

/** Enter and the arrows go to the place again. */
export function dropFocus(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** For `onMouseDown` of a button that only chooses what is looked at; Tab reaches it as ever. */
export function leaveFocus(event: MouseEvent): void {
  event.preventDefault();
  dropFocus();
}
