/** The parts of the window, for going from one to the next by key: Tab walks inside a part, and on the canvas from box to box. */

const panes = 'header nav, #place aside, #place [role=toolbar], #place [role=application]';
const focusable =
  'a[href], button, input, select, textarea, [tabindex]:not([tabindex="-1"]), [role=application]';

/** Moves the focus into the next part (1) or the one before (-1), to where one was or to its beginning. */
export function goToPane(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(panes)].filter(
    (pane) => pane.offsetParent !== null && findEntry(pane) !== undefined,
  );
  const current = all.findLastIndex((pane) => pane.contains(document.activeElement));
  const from = current < 0 && step < 0 ? 0 : current;
  const next = all[(from + step + all.length) % all.length];
  if (next !== undefined) findEntry(next)?.focus();
}

function findEntry(pane: HTMLElement): HTMLElement | undefined {
  if (pane.matches('[role=application]')) return pane;
  const inside = [...pane.querySelectorAll<HTMLElement>(focusable)].filter(
    (one) => one.tabIndex >= 0 && one.offsetParent !== null,
  );
  return inside.find((one) => one.hasAttribute('aria-current')) ?? inside[0];
}
