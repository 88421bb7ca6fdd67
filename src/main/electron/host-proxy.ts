/** Passes requests of the window (`studio://app/…`) on to the host's private pipe, streaming both ways. */
import http from 'node:http';
import { Readable } from 'node:stream';

/** Where the host listens and the secret it expects. */
export interface HostAddress {
  /** Unix socket path or Windows pipe name. */
  readonly socketPath: string;
  readonly token: string;
}

/** The part of a web `Request` that the proxy needs. */
export interface WindowRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Iterable<[string, string]>;
  readonly body: AsyncIterable<Uint8Array> | null;
  readonly signal?: AbortSignal | undefined;
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'host',
  'origin',
  'content-length',
  'upgrade',
]);

function requestHeaders(request: WindowRequest, token: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    if (!hopByHop.has(name.toLowerCase())) headers[name] = value;
  }
  // The window's own origin is `studio://app`; the host knows the shell by its token, sent on this pipe alone.
  return { ...headers, host: 'studio', authorization: `Bearer ${token}` };
}

function toResponse(incoming: http.IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !hopByHop.has(name))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const status = incoming.statusCode ?? 502;
  const bodiless = status === 204 || status === 304;
  return new Response(bodiless ? null : (Readable.toWeb(incoming) as ReadableStream), { status, headers });
}

/**
 * Forwards one request and resolves with the host's streaming answer. A host that does not answer gives a 502 whose text says so:
 * the window then shows "reconnecting" and tries again.
 */
export function proxyToHost(address: HostAddress, request: WindowRequest): Promise<Response> {
  const url = new URL(request.url);
  return new Promise((resolve) => {
    const outgoing = http.request(
      {
        socketPath: address.socketPath,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: requestHeaders(request, address.token),
      },
      (incoming) => resolve(toResponse(incoming)),
    );
    outgoing.on('error', (error) => {
      resolve(
        new Response(`The studio's host does not answer: ${error.message}`, {
          status: 502,
          headers: { 'content-type': 'text/plain' },
        }),
      );
    });
    request.signal?.addEventListener('abort', () => outgoing.destroy());
    if (request.body === null) outgoing.end();
    else Readable.from(request.body).pipe(outgoing);
  });
}
