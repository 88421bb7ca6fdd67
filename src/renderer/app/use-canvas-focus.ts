/** Gives the canvas the focus when a place opens, so that its keys work at once and Enter does not follow the link just pressed. */
import { useEffect } from 'react';

/** `isReady`: the canvas is on the page. A focus that a person has set since is left alone. */
export function useCanvasFocus(isReady: boolean): void {
  useEffect(() => {
    if (!isReady) return;
    const active = document.activeElement;
    if (active !== null && active !== document.body && active.closest('nav') === null) return;
    document.querySelector<HTMLElement>('#place [role=application]')?.focus({ preventScroll: true });
  }, [isReady]);
}
