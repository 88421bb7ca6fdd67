/** Native extras for the window, each by name: nothing here can call an arbitrary channel. */
import { contextBridge, ipcRenderer } from 'electron';

contextBridge.exposeInMainWorld('catchlightNative', {
  pickFolder: (title: string): Promise<string | null> =>
    ipcRenderer.invoke('native:pick-folder', title) as Promise<string | null>,
  pickFile: (title: string): Promise<string | null> =>
    ipcRenderer.invoke('native:pick-file', title) as Promise<string | null>,
  showInFolder: (target: string): Promise<void> =>
    ipcRenderer.invoke('native:show-in-folder', target) as Promise<void>,
});
