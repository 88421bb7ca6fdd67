import type { Page } from 'playwright-core';

/** Drops files or folders of this disk on the middle of the window, all at once, as a file manager does. */
export async function dropOn(page: Page, ...files: readonly string[]): Promise<void> {
  const line = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await line.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data });
  await line.detach();
}
