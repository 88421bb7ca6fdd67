/** The host's door, knocked on over real HTTP by everyone who should stay outside. */
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

let test: TestHost;
let address = '';
let pipe = '';
let imageIds: string[] = [];

beforeAll(async () => {
  test = await startTestHost({ images: 2 });
  imageIds = (await makeProject(test)).imageIds;
  address = (await test.host.listen({ port: 0 })).address;
  pipe = (await test.host.listen({ pipe: true })).address;
});
afterAll(async () => test[Symbol.asyncDispose]());

/** A request with any headers at all: fetch would not let a test lie about Host. */
function ask(target: {
  path: string;
  headers?: Record<string, string>;
  method?: string;
  over?: 'tcp' | 'pipe';
}): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
  const url = new URL(address);
  const where = target.over === 'pipe' ? { socketPath: pipe } : { host: url.hostname, port: url.port };
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        ...where,
        path: target.path,
        method: target.method ?? 'GET',
        headers: target.headers ?? {},
        timeout: 10_000,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString('latin1'),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end();
  });
}
const token = (): Record<string, string> => ({ 'x-catchlight-token': test.host.token });
const port = (): string => new URL(address).port;

describe('the token', () => {
  it('is asked for on every path, and a wrong one is no better than none', async () => {
    const paths = [
      '/rpc/info',
      '/rpc/currentProject',
      `/images/${imageIds[0]}/original`,
      '/assets/index.js',
      '/',
    ];
    const wrong = [
      {},
      { 'x-catchlight-token': 'a' },
      { authorization: 'Bearer nothing' },
      { cookie: 'catchlight-token=nothing' },
    ];
    for (const where of paths) {
      for (const headers of wrong)
        expect([where, (await ask({ path: where, headers })).status]).toEqual([where, 401]);
    }
    expect((await ask({ path: '/?token=wrong' })).status).toBe(401);
  });

  it('is exchanged once for a cookie that scripts cannot read and other sites do not send, and leaves the address', async () => {
    const first = await ask({ path: `/?token=${test.host.token}` });
    expect([first.status, first.headers.location]).toEqual([303, '/']);
    const cookie = first.headers['set-cookie']?.[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const second = await ask({ path: '/rpc/info', headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(second.status).toBe(200);
  });

  it('does not open anything but the start page when it stands in an address', async () => {
    expect((await ask({ path: `/rpc/info?token=${test.host.token}` })).status).toBe(401);
  });
});

describe('Host and Origin', () => {
  it('refuse a name that a hostile page made point here', async () => {
    for (const host of ['evil.example', `evil.example:${port()}`, '127.0.0.1.evil.example', 'localhost.']) {
      expect((await ask({ path: '/rpc/info', headers: { ...token(), host } })).status).toBe(403);
    }
    expect(
      (await ask({ path: '/rpc/info', headers: { ...token(), host: `localhost:${port()}` } })).status,
    ).toBe(200);
  });

  it('refuse pages of other sites, of other ports of this machine, and of no site', async () => {
    for (const origin of [
      'https://evil.example',
      'http://127.0.0.1:1',
      'http://localhost:5173',
      'null',
      `https://127.0.0.1:${port()}`,
    ]) {
      const answer = await ask({
        path: '/rpc/closeProject',
        method: 'POST',
        headers: { ...token(), origin },
      });
      expect([origin, answer.status, JSON.parse(answer.body).error.code]).toEqual([
        origin,
        403,
        'security/origin',
      ]);
    }
    expect((await ask({ path: '/rpc/info', headers: { ...token(), origin: address } })).status).toBe(200);
    expect((await test.api.currentProject())?.name).toBe('fish');
  });

  it('refuse what a page of another site embeds, even with the cookie', async () => {
    const headers = {
      cookie: `catchlight-token=${test.host.token}`,
      'sec-fetch-site': 'same-site',
      'sec-fetch-mode': 'no-cors',
    };
    expect((await ask({ path: `/images/${imageIds[0]}/original`, headers })).status).toBe(403);
  });

  it('on the pipe know the shell alone', async () => {
    expect(
      (await ask({ over: 'pipe', path: '/rpc/info', headers: { ...token(), host: 'studio' } })).status,
    ).toBe(200);
    expect((await ask({ over: 'pipe', path: '/rpc/info', headers: { host: 'studio' } })).status).toBe(401);
    expect(
      (
        await ask({
          over: 'pipe',
          path: '/rpc/info',
          headers: { ...token(), host: 'studio', origin: 'http://localhost' },
        })
      ).status,
    ).toBe(403);
    expect(
      (await ask({ over: 'pipe', path: '/rpc/info', headers: { ...token(), host: 'evil.example' } })).status,
    ).toBe(403);
    if (process.platform !== 'win32') expect(statSync(path.dirname(pipe)).mode & 0o777).toBe(0o700);
  });
});

describe('files', () => {
  it('come by image id only: no path of any spelling leaves the project', async () => {
    const tries = [
      '/images/..%2f..%2fetc%2fpasswd/original',
      '/images/%2e%2e/original',
      `/images/${imageIds[0]}%2f..%2f..%2fproject.db/original`,
      '/..%2f..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/assets/..%5c..%5csecret.txt',
      '/%00',
    ];
    for (const where of tries) {
      const answer = await ask({ path: where, headers: token() });
      expect([where, answer.status >= 400, answer.body.includes('root:')]).toEqual([where, true, false]);
    }
  });

  it('of the window come with their types, and nothing outside its folder does', async () => {
    const rendererDir = path.join(test.dir, 'renderer');
    mkdirSync(path.join(rendererDir, 'assets'), { recursive: true });
    writeFileSync(path.join(rendererDir, 'index.html'), '<!doctype html><title>Catchlight</title>');
    writeFileSync(path.join(rendererDir, 'assets', 'a.js'), 'export {};');
    writeFileSync(path.join(test.dir, 'secret.txt'), 'secret');
    if (process.platform !== 'win32')
      symlinkSync(path.join(test.dir, 'secret.txt'), path.join(rendererDir, 'link.txt'));
    await using served = await startTestHost({ images: 0, host: { rendererDir } });
    const listener = await served.host.listen({ port: 0 });
    const get = (where: string) =>
      fetch(`${listener.address}${where}`, { headers: { 'x-catchlight-token': served.host.token } });
    const page = await get('/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'/);
    expect(page.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe-inline/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await get('/assets/a.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await get('/link.txt')).status).toBe(404);
    expect((await get('/assets')).status).toBe(404);
  });

  it('of photographs are sent whole, in part, and not again when known', async () => {
    const where = `/images/${imageIds[0]}/original`;
    const whole = await fetch(`${address}${where}`, { headers: token() });
    const bytes = Buffer.from(await whole.arrayBuffer());
    const etag = whole.headers.get('etag') ?? '';
    expect([
      whole.status,
      whole.headers.get('content-type'),
      Number(whole.headers.get('content-length')),
    ]).toEqual([200, 'image/jpeg', bytes.length]);
    const part = await fetch(`${address}${where}`, { headers: { ...token(), range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));
    const tail = await fetch(`${address}${where}`, { headers: { ...token(), range: 'bytes=-4' } });
    expect(Buffer.from(await tail.arrayBuffer())).toEqual(bytes.subarray(-4));
    expect(
      (await fetch(`${address}${where}`, { headers: { ...token(), range: `bytes=${bytes.length}-` } }))
        .status,
    ).toBe(416);
    expect(
      (await fetch(`${address}${where}`, { headers: { ...token(), 'if-none-match': etag } })).status,
    ).toBe(304);
    expect((await ask({ path: where, method: 'HEAD', headers: token() })).body).toBe('');
  });

  it('of thumbnails are made once, whatever is asked at the same time, and a broken photograph says why it has none', async () => {
    const many = await Promise.all(
      Array.from({ length: 12 }, () =>
        fetch(`${address}/images/${imageIds[1]}/thumb?size=90`, { headers: token() }),
      ),
    );
    expect(new Set(many.map((answer) => answer.headers.get('etag'))).size).toBe(1);
    expect(many.map((answer) => answer.status)).toEqual(many.map(() => 200));
    writeFileSync(path.join(test.imagesDir, 'not.jpg'), 'text');
    await whenOver(test.api, (await test.api.rescan()).jobId);
    const { items } = await test.api.listImages({ filter: { hasProblem: true }, offset: 0, limit: 5 });
    const broken = await fetch(`${address}/images/${items[0]?.id}/thumb`, { headers: token() });
    expect([broken.status, ((await broken.json()) as { error: { code: string } }).error.code]).toEqual([
      422,
      'image/unreadable',
    ]);
    expect((await fetch(`${address}/images/nobody/thumb`, { headers: token() })).status).toBe(404);
  });
});

describe('procedures over HTTP', () => {
  it('check what they are sent, and give errors as data', async () => {
    const post = (name: string, body: string) =>
      fetch(`${address}/rpc/${name}`, {
        method: 'POST',
        headers: { ...token(), 'content-type': 'application/json' },
        body,
      });
    for (const body of ['{', '[]', '{"id":5}', '{"__proto__":{"id":"x"}}', 'null'])
      expect((await post('applyGesture', body)).status).toBeGreaterThanOrEqual(400);
    const answer = await post(
      'openProject',
      JSON.stringify({ path: path.join(test.dir, 'nothing.catchlight') }),
    );
    const { error } = (await answer.json()) as { error: { data: { app: { code: string; hint: string } } } };
    expect([answer.status, error.data.app.code, error.data.app.hint.length > 10]).toEqual([
      400,
      'project/not-found',
      true,
    ]);
    expect((await test.api.currentProject())?.name).toBe('fish');
  });

  it('stream events as they happen', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${address}/rpc/events`, {
      headers: { ...token(), accept: 'text/event-stream' },
      signal: stop.signal,
    });
    expect(stream.headers.get('content-type')).toMatch('text/event-stream');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    const until = async (text: string): Promise<void> => {
      while (!seen.includes(text)) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
        if (done) throw new Error(`The stream ended before ${text}.`);
        seen += value ?? '';
      }
    };
    await until('"type":"project"');
    const { jobId } = await test.api.rescan();
    await until(jobId);
    await until('"status":"done"');
    stop.abort();
  });
});
