/** Starts the built studio in a real Electron, with the host on this Node, and ends all of it for certain. */
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { type Display, openDisplay } from './display.ts';

/** The Electron that `npm test` found; undefined where there is none. */
export const testElectron: string | undefined = process.env.CATCHLIGHT_TEST_ELECTRON || undefined;

const launchTimeoutMs = 60_000;
const closeTimeoutMs = 8_000;

export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  close(): Promise<void>;
}

/** Opens the studio's window with `home` as its folder. */
export async function openDesktop(home: string, size = { widthPx: 1440, heightPx: 900 }): Promise<Desktop> {
  if (testElectron === undefined) throw new Error('no Electron for tests: run `npm test`, which finds one');
  const display: Display = await openDisplay(size.widthPx, size.heightPx);
  const app = await _electron
    .launch({
      executablePath: testElectron,
      // Chromium's sandbox needs rights that containers lack; a virtual display has no GPU.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        `--host-node=${process.execPath}`,
        `--user-data=${home}`,
        path.resolve(import.meta.dirname, 'electron-entry.cjs'),
      ],
      env: {
        ...(process.env as Record<string, string>),
        CATCHLIGHT_HOME: home,
        ...(display.name === undefined ? {} : { DISPLAY: display.name }),
      },
      timeout: launchTimeoutMs,
    })
    .catch((error: unknown) => {
      display.close();
      throw error;
    });
  const close = async (): Promise<void> => {
    const child = app.process();
    const killer = setTimeout(() => child.kill('SIGKILL'), closeTimeoutMs);
    await app.close().catch(() => child.kill('SIGKILL'));
    clearTimeout(killer);
    display.close();
  };
  try {
    const page = await app.firstWindow({ timeout: launchTimeoutMs });
    return { app, page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
