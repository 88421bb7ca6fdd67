/** The desktop shell: starts the host, opens one window on `studio://app/`, and passes requests between them. It owns no rule. */
import path from 'node:path';
import { app, type BrowserWindow, dialog, protocol } from 'electron';
import { launchHost } from './electron/host-launcher.ts';
import { type HostAddress, proxyToHost } from './electron/host-proxy.ts';
import { installMenu } from './electron/menu.ts';
import { offerNativeExtras } from './electron/native-extras.ts';
import { openWindow } from './electron/window.ts';

/** The build puts everything side by side: out/main, out/preload, out/renderer. */
const out = path.join(__dirname, '..');

function argument(name: string): string | undefined {
  const prefix = `--${name}=`;
  return process.argv.find((text) => text.startsWith(prefix))?.slice(prefix.length);
}

/** A host that may not be there yet: requests wait for the first `ready` and use the newest address. */
function createHostLink(): { set: (address: HostAddress) => void; get: () => Promise<HostAddress> } {
  let current: HostAddress | undefined;
  const waiting: ((address: HostAddress) => void)[] = [];
  return {
    set: (address) => {
      current = address;
      for (const resolve of waiting.splice(0)) resolve(address);
    },
    get: () =>
      current === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(current),
  };
}

function start(): void {
  const link = createHostLink();
  let window: BrowserWindow | undefined;

  protocol.handle('studio', async (request) =>
    proxyToHost(await link.get(), request as Parameters<typeof proxyToHost>[1]),
  );
  const host = launchHost({
    hostEntry: path.join(out, 'main', 'host.js'),
    engineEntry: path.join(out, 'main', 'engine.js'),
    hostNode: argument('host-node'),
    args: ['--shell=desktop', '--sample', ...process.argv.filter((text) => text.startsWith('--user-data='))],
    onReady: link.set,
    onGiveUp: (reason) =>
      dialog.showErrorBox(
        'Catchlight cannot start',
        `${reason}\n\nSaved work is intact. Run “npm start -- --serve” to see what it prints.`,
      ),
  });
  const open = (): void => {
    window = openWindow({
      preload: path.join(out, 'preload', 'index.cjs'),
      url: 'studio://app/',
      title: 'Catchlight',
    });
    window.on('closed', () => {
      window = undefined;
    });
  };

  installMenu();
  offerNativeExtras(() => window);
  open();
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('activate', () => {
    if (window === undefined) open();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => host.stop());
}

const userData = argument('user-data');
if (userData !== undefined) app.setPath('userData', path.join(userData, 'window'));
protocol.registerSchemesAsPrivileged([
  {
    scheme: 'studio',
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: true },
  },
]);
if (app.requestSingleInstanceLock()) {
  app.whenReady().then(start, (error: unknown) => {
    dialog.showErrorBox('Catchlight cannot start', String(error));
    app.exit(1);
  });
} else app.quit();
