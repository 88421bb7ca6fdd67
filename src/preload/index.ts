/** Native extras for the window, each by name: nothing here can call an arbitrary channel. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

contextBridge.exposeInMainWorld('catchlightNative', {
  pickFolder: (title: string): Promise<string | null> =>
    ipcRenderer.invoke('native:pick-folder', title) as Promise<string | null>,
  pickFile: (title: string): Promise<string | null> =>
    ipcRenderer.invoke('native:pick-file', title) as Promise<string | null>,
  /** Absolute path of a dropped file or folder; empty for one that is not on disk. */
  pathOf: (file: File): string => webUtils.getPathForFile(file),
  showInFolder: (target: string): Promise<void> =>
    ipcRenderer.invoke('native:show-in-folder', target) as Promise<void>,
});
