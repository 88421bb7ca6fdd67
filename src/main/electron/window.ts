/** The desktop window: one, remembered in size and place, that can go nowhere but the studio. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app, BrowserWindow, screen, shell } from 'electron';

interface WindowPlace {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

const defaultPlace: WindowPlace = { width: 1440, height: 900, maximized: false };

function placeFile(): string {
  return path.join(app.getPath('userData'), 'window.json');
}

function readPlace(): WindowPlace {
  try {
    const saved = JSON.parse(readFileSync(placeFile(), 'utf8')) as WindowPlace;
    const onScreen = screen.getAllDisplays().some(({ workArea }) => {
      const x = saved.x ?? workArea.x;
      const y = saved.y ?? workArea.y;
      return (
        x >= workArea.x - 50 &&
        y >= workArea.y - 50 &&
        x < workArea.x + workArea.width &&
        y < workArea.y + workArea.height
      );
    });
    return onScreen && saved.width >= 600 && saved.height >= 400 ? saved : defaultPlace;
  } catch {
    // First start, or a file of no use: the default is fine.
    return defaultPlace;
  }
}

function savePlace(window: BrowserWindow): void {
  const bounds = window.getNormalBounds();
  writeFileSync(placeFile(), JSON.stringify({ ...bounds, maximized: window.isMaximized() }));
}

/** The one page that opens beside the studio: to be read, and printed with Ctrl+P. It has no preload and goes nowhere. */
const reportUrl = 'studio://app/audit/report.html';

function openReport(): void {
  const report = new BrowserWindow({
    width: 1060,
    height: 900,
    backgroundColor: '#ffffff',
    autoHideMenuBar: process.platform !== 'darwin',
    webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false },
  });
  report.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  report.webContents.on('will-navigate', (event) => event.preventDefault());
  report.webContents.on('before-input-event', (event, { control, meta, key }) => {
    if (!(control || meta) || key.toLowerCase() !== 'p') return;
    event.preventDefault();
    report.webContents.print();
  });
  void report.loadURL(reportUrl);
}

/** Opens the studio's window on `studio://app/`. */
export function openWindow(options: { preload: string; url: string; title: string }): BrowserWindow {
  const { maximized, ...place } = readPlace();
  const window = new BrowserWindow({
    ...place,
    minWidth: 800,
    minHeight: 600,
    title: options.title,
    backgroundColor: '#16191c',
    autoHideMenuBar: process.platform !== 'darwin',
    show: false,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => savePlace(window));
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url === reportUrl) openReport();
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event, url) => {
    if (!url.startsWith('studio://app/')) event.preventDefault();
  });
  void window.loadURL(options.url);
  return window;
}
