/** The door of the host: who may speak to it (token), from where (Origin), and under which name (Host, against DNS rebinding). */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { AppErrorData } from '../../../core/errors.ts';

/** What a listener tells the app about a request. Requests handed to `app.fetch` directly have none. */
export interface RequestBindings {
  readonly transport?: 'tcp' | 'pipe';
}

export interface SecurityOptions {
  readonly token: string;
  /** Host names a browser may use, without port. */
  readonly hostNames: ReadonlySet<string>;
}

export const tokenHeader = 'x-catchlight-token';
export const tokenCookie = 'catchlight-token';
/** The page of the desktop window; it reaches the host through the shell and the private pipe. */
export const desktopOrigin = 'studio://app';

/** The names of this machine for itself. */
export const loopbackNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** What the shell calls the host on the pipe. */
const pipeNames: ReadonlySet<string> = new Set(['studio', 'localhost']);

/** 256 random bits, fit for a URL. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The headers of every answer. Styles may be inline: the window's component library sets positions and sizes that way. */
const answerHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/** Checks every request and refuses with 403 (wrong name or origin) or 401 (no or wrong token). */
export function createSecurity(options: SecurityOptions): MiddlewareHandler<{ Bindings: RequestBindings }> {
  return async (c, next) => {
    const addHeaders = (): void => {
      for (const [name, value] of Object.entries(answerHeaders)) c.header(name, value);
    };
    addHeaders();
    const transport = c.env?.transport;
    const fault =
      transport === 'pipe' ? findPipeFault(c.req.raw) : findTcpFault(c.req.raw, options.hostNames, transport);
    if (fault !== null) return c.json({ error: fault }, 403);

    const url = new URL(c.req.url);
    const offered = url.searchParams.get('token');
    if (offered !== null && c.req.method === 'GET' && url.pathname === '/') {
      if (!isToken(offered, options.token)) return c.html(signInPage, 401);
      setCookie(c, tokenCookie, options.token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      url.searchParams.delete('token');
      // The token leaves the address bar, the history and any bookmark.
      return c.redirect(`${url.pathname}${url.search}`, 303);
    }
    const bearer = c.req.header('authorization')?.replace(/^Bearer /i, '');
    const given = c.req.header(tokenHeader) ?? bearer ?? getCookie(c, tokenCookie);
    if (given === undefined || !isToken(given, options.token)) {
      return url.pathname === '/' ? c.html(signInPage, 401) : c.json({ error: noToken }, 401);
    }
    await next();
    // Again: an answer that a route made by itself did not take the headers prepared above.
    addHeaders();
  };
}

function isToken(given: string, token: string): boolean {
  // Hashing makes the lengths equal, so that comparing takes the same time whatever was given.
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function findTcpFault(
  request: Request,
  hostNames: ReadonlySet<string>,
  transport: RequestBindings['transport'],
): AppErrorData | null {
  // A listener always has the header to go by; the address of a request without one would be the listener's own guess.
  const host = request.headers.get('host') ?? (transport === undefined ? new URL(request.url).host : '');
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (!hostNames.has(name)) {
    return describeFault(
      'security/host',
      `This studio does not answer under the name “${name}”.`,
      'Use the address it printed at start.',
    );
  }
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== `http://${host}`) {
    return describeFault(
      'security/origin',
      `A page from ${origin} asked for data of this studio and was refused.`,
      'Use the studio’s own page.',
    );
  }
  const site = request.headers.get('sec-fetch-site');
  const isVisit = request.headers.get('sec-fetch-mode') === 'navigate' && request.method === 'GET';
  if (site !== null && site !== 'same-origin' && site !== 'none' && !isVisit) {
    return describeFault(
      'security/origin',
      'Another site asked for data of this studio and was refused.',
      'Use the studio’s own page.',
    );
  }
  return null;
}

function findPipeFault(request: Request): AppErrorData | null {
  const name = (request.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  if (!pipeNames.has(name))
    return describeFault(
      'security/host',
      'This request came under an unknown name.',
      'Use the studio’s own window.',
    );
  const origin = request.headers.get('origin');
  if (origin === null || origin === desktopOrigin) return null;
  return describeFault(
    'security/origin',
    `A page from ${origin} asked for data of this studio and was refused.`,
    'Use the studio’s own window.',
  );
}

function describeFault(code: string, message: string, hint: string): AppErrorData {
  return { code, message, hint, details: {} };
}

const noToken: AppErrorData = describeFault(
  'security/token',
  'This request does not carry the token of this studio, so it was refused.',
  'Open the address that was printed when the studio started: it holds the token.',
);

const signInPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Catchlight</title>
<body style="font: 15px/1.5 system-ui; margin: 15vh auto; max-width: 34em; padding: 0 1em">
<h1 style="font-size: 1.3em">This studio does not know this browser yet</h1>
<p>Open the address that was printed when the studio started. It ends in <code>?token=…</code>, and the browser is remembered from then on.</p>
<p>The studio makes a new token at every start, so an old address or bookmark may be out of date.</p></body></html>`;
