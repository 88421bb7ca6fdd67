/** How a person looks at photographs: light and helps. Kept while the window is open, on every image and in every place of it. */
import { useSyncExternalStore } from 'react';
import { isNeutral, type Light, neutralLight } from '../../../core/light.ts';

export interface ViewSettings {
  readonly light: Light;
  readonly hasCrosshair: boolean;
  readonly hasPixelGrid: boolean;
  readonly hasNavigator: boolean;
  /** Whether the panel with all this is shown. */
  readonly isPanelOpen: boolean;
}

let settings: ViewSettings = {
  light: neutralLight,
  hasCrosshair: true,
  hasPixelGrid: true,
  hasNavigator: true,
  isPanelOpen: false,
};
const listeners = new Set<() => void>();

export function changeViewSettings(part: Partial<ViewSettings>): void {
  settings = { ...settings, ...part };
  for (const listener of listeners) listener();
}

/** Shows photographs as they are again. False when they were. */
export function resetLight(): boolean {
  if (isNeutral(settings.light)) return false;
  changeViewSettings({ light: neutralLight });
  return true;
}

export const toggleViewPanel = (): void => changeViewSettings({ isPanelOpen: !settings.isPanelOpen });

export const useViewSettings = (): ViewSettings =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => settings,
  );
