/** Opens the host's doors to the outside: a loopback port for browsers, a private pipe for the desktop shell. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { AppError } from '../../../core/errors.ts';
import type { HostApp } from './app.ts';

export interface Listener {
  /** `http://127.0.0.1:PORT`, or the path of the pipe. */
  readonly address: string;
  close(): Promise<void>;
}

/** Listens on loopback. Port 0 takes a free one. Throws `serve/port-in-use`. */
export async function listenOnPort(app: HostApp, port: number, hostname = '127.0.0.1'): Promise<Listener> {
  const server = createServer(app, 'tcp');
  await start(server, () => server.listen(port, hostname));
  const bound = server.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  const shown = hostname.includes(':') ? `[${hostname}]` : hostname;
  return { address: `http://${shown}:${actual}`, close: () => stop(server) };
}

/** Listens on a Unix socket in a folder of its own that only this account may enter, or on a named pipe on Windows. */
export async function listenOnPipe(app: HostApp, name?: string): Promise<Listener> {
  const server = createServer(app, 'pipe');
  if (process.platform === 'win32') {
    const pipe = name ?? `\\\\.\\pipe\\catchlight-${process.pid}-${Math.random().toString(36).slice(2)}`;
    await start(server, () => server.listen(pipe));
    return { address: pipe, close: () => stop(server) };
  }
  const folder = name === undefined ? mkdtempSync(path.join(tmpdir(), 'catchlight-')) : path.dirname(name);
  if (name !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (name === undefined) chmodSync(folder, 0o700);
  const socket = name ?? path.join(folder, 'host.sock');
  rmSync(socket, { force: true });
  await start(server, () => server.listen(socket));
  chmodSync(socket, 0o600);
  const close = async (): Promise<void> => {
    await stop(server);
    rmSync(socket, { force: true });
    if (name === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return { address: socket, close };
}

function createServer(app: HostApp, transport: 'tcp' | 'pipe'): Server {
  return createAdaptorServer({
    fetch: (request, env) => app.fetch(request, { ...env, transport }),
  }) as Server;
}

function start(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError({
              code: 'serve/port-in-use',
              message: 'Another program listens on this port already, so the studio was not served there.',
              hint: 'Leave the port out to take a free one, or name another.',
              cause: error,
            })
          : error,
      ),
    );
    server.once('listening', resolve);
    listen();
  });
}

/** Live event streams never end by themselves: open connections are closed after a moment for answers under way. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 200).unref();
  });
}
