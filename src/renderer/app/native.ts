/** What only the desktop window offers, by name; absent in a browser. */

export interface NativeExtras {
  pickFolder(title: string): Promise<string | null>;
  pickFile(title: string): Promise<string | null>;
  /** Absolute path of a dropped file or folder; empty for one that is not on disk. */
  pathOf(file: File): string;
  showInFolder(target: string): Promise<void>;
}

declare global {
  interface Window {
    readonly catchlightNative?: NativeExtras;
  }
}

export const nativeExtras = (): NativeExtras | undefined => window.catchlightNative;
