/** A loopback HTTP server that gives one file, in whole or from a byte on, and stops midway when told to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FileServer {
  readonly url: string;
  /** The `range` header of each request, in order; undefined where there was none. */
  readonly ranges: (string | undefined)[];
  /** What is given; may be changed between requests. */
  bytes: Uint8Array;
  /** The next answer stops after so many bytes, until `breakOff`. */
  holdAfter: number | undefined;
  /** Closes the connection that is held. */
  breakOff(): void;
  status: number;
  /** Ignores ranges, as simple servers do. */
  ignoresRanges: boolean;
  close(): Promise<void>;
}

export async function startFileServer(bytes: Uint8Array): Promise<FileServer> {
  const http: Server = createServer((request, response) => answer(server, request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: FileServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/nets/Small%20Net.onnx?key=secret`,
    ranges: [],
    bytes,
    holdAfter: undefined,
    breakOff: () => http.closeAllConnections(),
    status: 200,
    ignoresRanges: false,
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return server;
}

function answer(server: FileServer, request: IncomingMessage, response: ServerResponse): void {
  const { range } = request.headers;
  server.ranges.push(range);
  if (server.status !== 200) {
    response.writeHead(server.status).end('no');
    return;
  }
  const from = server.ignoresRanges ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (from > 0 && from >= server.bytes.length) {
    response.writeHead(416).end();
    return;
  }
  const rest = server.bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
  if (server.holdAfter === undefined) response.end(rest);
  else response.write(rest.subarray(0, server.holdAfter));
  server.holdAfter = undefined;
}
