/** The few things only a desktop can do, offered to the window by name: pick a folder, pick a file, show a path in the file manager. */
import { type BrowserWindow, dialog, ipcMain, shell } from 'electron';

/** Answers the preload's three calls; anything else is refused by not existing. */
export function offerNativeExtras(getWindow: () => BrowserWindow | undefined): void {
  const pick = async (
    properties: ('openDirectory' | 'openFile' | 'createDirectory')[],
    title: unknown,
  ): Promise<string | null> => {
    const window = getWindow();
    if (window === undefined) return null;
    const chosen = await dialog.showOpenDialog(window, {
      properties,
      ...(typeof title === 'string' ? { title } : {}),
    });
    return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
  };
  ipcMain.handle('native:pick-folder', (_event, title: unknown) =>
    pick(['openDirectory', 'createDirectory'], title),
  );
  ipcMain.handle('native:pick-file', (_event, title: unknown) => pick(['openFile'], title));
  ipcMain.handle('native:show-in-folder', (_event, target: unknown) => {
    if (typeof target === 'string') shell.showItemInFolder(target);
  });
}
