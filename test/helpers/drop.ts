import type { Page } from 'playwright-core';

/** Drops a file or folder of this disk on the middle of the window, as a file manager does. */
export async function dropOn(page: Page, file: string): Promise<void> {
  const line = await page.context().newCDPSession(page);
  const data = { items: [], files: [file], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await line.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data });
  await line.detach();
}
