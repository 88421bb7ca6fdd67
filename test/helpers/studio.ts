/** A whole studio for a story: real host, real engine, built window, Chromium with real mouse and keys. All of it in a temporary folder. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { EnginePort } from '../../src/main/host/engine-port.ts';
import { createHost, type Host } from '../../src/main/host/host.ts';
import { patienceMs } from './eventually.ts';

/** A window that was built elsewhere can be tried by naming its folder. */
const rendererDir = path.resolve(
  process.env.CATCHLIGHT_TEST_WINDOW ?? path.join(import.meta.dirname, '..', '..', 'out', 'renderer'),
);
const candidates = [
  process.env.CATCHLIGHT_TEST_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser the stories run in; undefined when this machine has none. */
export const browserPath = (): string | undefined =>
  candidates.find((candidate) => candidate !== undefined && existsSync(candidate));

/** True when the window was built. */
export const isWindowBuilt = (): boolean => existsSync(path.join(rendererDir, 'index.html'));

/** Why stories in a browser cannot be told here; null where they can. */
export function whyNoWindow(): string | null {
  if (browserPath() === undefined) return 'no Chromium or Chrome here';
  return isWindowBuilt() ? null : 'the window is not built: node scripts/build.mjs';
}

export interface Studio extends AsyncDisposable {
  readonly host: Host;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly dir: string;
  /** Every fault the page reported since the start. */
  readonly faults: readonly string[];
  /** Ends the host and starts a fresh one on the same folders, as after a restart of the studio; the page opens it. */
  restart(): Promise<void>;
  /** The host stops answering, as after a crash of its process, until the returned function is called. */
  cutLine(): Promise<() => Promise<void>>;
}

export interface StudioOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'dark' | 'light';
  /** Folder of the studio's own; a temporary one that goes away with it when left out. */
  readonly dir?: string;
  /** In place of a real one, until a restart. */
  readonly engine?: EnginePort;
  /** The same for the engine that keeps learning in the background. */
  readonly backgroundEngine?: EnginePort;
}

/** Starts a studio and opens its page. Steps of the page give up when {@link patienceMs} is over. */
export async function startStudio(options: StudioOptions = {}): Promise<Studio> {
  const dir = options.dir ?? mkdtempSync(path.join(tmpdir(), 'catchlight-studio-'));
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error('No Chromium or Chrome on this machine.');
  let host = await createHost({
    shell: 'serve',
    userDataDir: path.join(dir, 'home'),
    rendererDir,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.backgroundEngine === undefined ? {} : { backgroundEngine: options.backgroundEngine }),
  });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: patienceMs });
    const opened = browser;
    const context = await opened.newContext({
      viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
      colorScheme: options.colorScheme ?? 'dark',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    let listener: Awaited<ReturnType<Host['listen']>> | undefined;
    const open = async (): Promise<void> => {
      listener = await host.listen({ port: 0 });
      await page.goto(`${listener.address}/?token=${host.token}`);
    };
    await open();
    return {
      get host() {
        return host;
      },
      page,
      context,
      dir,
      faults,
      restart: async () => {
        await host.close();
        host = await createHost({ shell: 'serve', userDataDir: path.join(dir, 'home'), rendererDir });
        await open();
      },
      cutLine: async () => {
        const port = Number(new URL(listener?.address ?? '').port);
        await listener?.close();
        return async () => {
          listener = await host.listen({ port });
        };
      },
      [Symbol.asyncDispose]: async () => {
        await opened.close();
        await host.close();
        if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await browser?.close();
    await host.close();
    throw error;
  }
}
