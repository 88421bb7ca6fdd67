/** Adding a backbone: from a file, over the network with all that goes wrong there, and using it like the embedded one. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobProgress } from '../../src/core/jobs.ts';
import { type AddBackboneOptions, addBackbone } from '../../src/engine/backbones/add-backbone.ts';
import {
  addedBackboneDir,
  backbonesDir,
  listBackbones,
  openBackbone,
  removeBackbone,
} from '../../src/engine/backbones/backbone-library.ts';
import { loadBackbone } from '../../src/engine/backbones/load-backbone.ts';
import { createPixelSession } from '../../src/engine/backbones/session.ts';
import { downloadFile } from '../../src/engine/install/download-file.ts';
import { resnet50, squeezeNet, vgg16 } from '../helpers/classifiers.ts';
import { eventually } from '../helpers/eventually.ts';
import { type FileServer, startFileServer } from '../helpers/file-server.ts';

const narrow = { width: 1 / 32, classes: 4 };
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const normalisation = { name: 'imagenet' };

let source: Uint8Array;
let folder: string;
let cacheDir: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-add-'));
  const { net, output } = squeezeNet(narrow);
  source = net.toOnnx(output);
  await writeFile(path.join(folder, 'My Net.onnx'), source);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  cacheDir = path.join(folder, `cache-${count++}`);
});

const add = (options: Partial<AddBackboneOptions> = {}) =>
  addBackbone({ from: path.join(folder, 'My Net.onnx'), normalisation, cacheDir, ...options });
/** Everything in the cache's folder of backbones, hidden files too. */
const left = () => readdir(backbonesDir(cacheDir)).catch(() => [] as string[]);

describe('adding a net by its file', () => {
  it('cuts it into the cache, where it is used like the embedded one, and its manifest says what was assumed', async () => {
    const manifest = await add({ licence: 'MIT' });
    expect(manifest).toMatchObject({
      id: 'my-net',
      licence: 'MIT',
      input: { scale: '0..1', colour: 'RGB', multipleOf: 32 },
      source: {
        from: 'My Net.onnx',
        sha256: sha256Of(source),
        normalisation: 'the person named “imagenet”',
        border: { before: 4, after: 11 },
      },
    });
    expect(manifest.taps.map(({ name, stride }) => [name, stride])).toEqual([
      ['s8', 8],
      ['s16', 16],
      ['s32', 32],
    ]);
    const backbone = await openBackbone('my-net', { CATCHLIGHT_CACHE: cacheDir });
    expect(backbone.hash).toBe((await loadBackbone(addedBackboneDir('my-net', cacheDir))).hash);
    const canvas = { widthPx: 96, heightPx: 64 };
    const session = await createPixelSession({ modelBytes: backbone.bytes, manifest, threads: 1 });
    const [record] = await session.run(new Uint8Array(3 * 96 * 64).fill(128), 1, canvas);
    await session.close();
    const values = manifest.taps.reduce(
      (sum, { stride, channels }) => sum + (96 / stride) * (64 / stride) * channels,
      0,
    );
    expect(record?.byteLength).toBe(values * 2);
  });

  it('is done at once when the very same is there, refuses another under its name, and takes a name', async () => {
    const first = await add();
    expect(await add()).toEqual(first);
    await expect(add({ normalisation: { name: 'caffe' } })).rejects.toMatchObject({
      code: 'backbone/name-taken',
    });
    const second = await add({ normalisation: { name: 'caffe' }, id: 'my-net-caffe' });
    expect(second.input).toMatchObject({ colour: 'BGR', scale: '0..255' });
    await expect(add({ id: 'catchlight-s' })).rejects.toMatchObject({ code: 'backbone/name-taken' });
    const listed = await listBackbones(cacheDir);
    expect(listed.map(({ id, embedded }) => [id, embedded])).toEqual([
      ['catchlight-s', true],
      ['my-net', false],
      ['my-net-caffe', false],
    ]);
    await removeBackbone('my-net', cacheDir);
    expect(await left()).toEqual(['my-net-caffe']);
    await expect(removeBackbone('my-net', cacheDir)).rejects.toMatchObject({ code: 'backbone/not-added' });
    await expect(openBackbone('my-net', { CATCHLIGHT_CACHE: cacheDir })).rejects.toMatchObject({
      code: 'backbone/not-added',
    });
  });

  it('never guesses how pixels are fed, but takes part of what is known', async () => {
    await expect(add({ normalisation: {} })).rejects.toMatchObject({
      code: 'backbone/normalisation-unknown',
    });
    await expect(add({ normalisation: { mean: [1, 2, 3] } })).rejects.toMatchObject({
      code: 'backbone/normalisation-unknown',
      details: { missing: ['std', 'scale', 'colour'] },
    });
    for (const wrong of [
      { name: 'vgg' },
      { name: 'unit', std: [1, 0, 1] },
      { name: 'unit', mean: [1] },
      { name: 'unit', colour: 'GBR' },
    ])
      await expect(add({ normalisation: wrong })).rejects.toMatchObject({
        code: 'backbone/bad-normalisation',
      });
    expect(await left()).toEqual([]);
    const { input } = await add({ normalisation: { name: 'imagenet', colour: 'BGR' } });
    expect([input.mean, input.colour]).toEqual([[0.485, 0.456, 0.406], 'BGR']);
  });

  it('leaves nothing behind when the file is missing, another one, damaged, or the name no name', async () => {
    await expect(add({ from: path.join(folder, 'no.onnx') })).rejects.toMatchObject({
      code: 'backbone/file-missing',
    });
    await expect(add({ sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'backbone/other-file' });
    await writeFile(path.join(folder, 'half.onnx'), source.subarray(0, 5000));
    await expect(add({ from: path.join(folder, 'half.onnx') })).rejects.toMatchObject({
      code: 'onnx/damaged',
    });
    for (const id of ['..', 'a/b', 'A', '', 'con', '.half', 'x'.repeat(64)])
      await expect(add({ id })).rejects.toMatchObject({ code: 'backbone/bad-id' });
    expect(await left()).toEqual([]);
  });

  it('lists a damaged one with its fault, and lets a new one take its place', async () => {
    await add();
    await writeFile(path.join(addedBackboneDir('my-net', cacheDir), 'manifest.json'), '{');
    const listed = await listBackbones(cacheDir);
    expect(listed[1]).toMatchObject({
      id: 'my-net',
      manifest: null,
      error: { code: 'backbone/bad-manifest' },
    });
    expect((await add()).id).toBe('my-net');
    expect((await listBackbones(cacheDir))[1]?.error).toBeNull();
  });

  it('gives the same features a name of their own for another net and another way of feeding', async () => {
    const hashes = new Set<string>();
    for (const { net, output } of [vgg16(narrow), resnet50(narrow)]) {
      await writeFile(path.join(folder, 'other.onnx'), net.toOnnx(output));
      for (const name of ['imagenet', 'bytes']) {
        const { id } = await add({
          from: path.join(folder, 'other.onnx'),
          id: `n${hashes.size}`,
          normalisation: { name },
        });
        hashes.add((await openBackbone(id, { CATCHLIGHT_CACHE: cacheDir })).hash);
      }
    }
    expect(hashes.size).toBe(4);
  });
});

describe('adding a net by its address', () => {
  let server: FileServer;
  beforeEach(async () => {
    server = await startFileServer(source);
  });
  afterEach(() => server.close());
  const fetchIt = (options: Partial<AddBackboneOptions> = {}) =>
    add({ from: server.url, sha256: sha256Of(source), ...options });

  it('fetches it, tells how far it is, and does not write a key of the address down', async () => {
    const seen: JobProgress[] = [];
    const manifest = await fetchIt({ onProgress: (progress) => seen.push(progress) });
    expect([manifest.id, manifest.source?.from]).toEqual([
      'small-net',
      server.url.replace('?key=secret', ''),
    ]);
    const bytes = seen.filter((progress) => progress.phase === 'download');
    expect(bytes.at(-1)).toMatchObject({ done: source.length, total: source.length, unit: 'bytes' });
    expect(await readdir(path.join(backbonesDir(cacheDir), '.downloads'))).toEqual([]);
  });

  /** Fetches until 4000 bytes lie on the disk, then the connection breaks. */
  const breakAt4000 = async (): Promise<void> => {
    server.holdAfter = 4000;
    const broken = expect(fetchIt()).rejects.toMatchObject({ code: 'download/broken-off' });
    const part = path.join(backbonesDir(cacheDir), '.downloads', `${sha256Of(source)}.onnx.part`);
    await eventually(async () => (await stat(part)).size).toBe(4000);
    server.breakOff();
    await broken;
  };

  it('goes on where it broke off, also with a server that cannot', async () => {
    await breakAt4000();
    await fetchIt();
    expect(server.ranges).toEqual([undefined, 'bytes=4000-']);
    await removeBackbone('small-net', cacheDir);
    server.ignoresRanges = true;
    await breakAt4000();
    await fetchIt();
    expect(server.ranges.at(-1)).toBe('bytes=4000-');
  });

  it('gives up on a server that falls silent', async () => {
    server.holdAfter = 4000;
    const silent = downloadFile({
      url: server.url,
      file: path.join(cacheDir, 'net.onnx'),
      sha256: sha256Of(source),
      maxBytes: 1e6,
      stallMs: 100,
      onBytes: () => undefined,
    });
    // On a busy machine the silence may be noticed before the first bytes are.
    await expect(silent).rejects.toMatchObject({
      code: expect.stringMatching(/^download\/(broken-off|offline)$/) as unknown,
    });
  });

  it('goes through the proxy the environment names', async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-length': source.length }).end(source);
    });
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      const onward = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const module = pathToFileURL(path.resolve('src/engine/install/download-file.ts')).href;
    const file = path.join(cacheDir, 'net.onnx');
    const options = { url: 'http://nets.invalid/net.onnx', file, sha256: sha256Of(source), maxBytes: 1e6 };
    const program = `const { downloadFile } = await import(${JSON.stringify(module)});
      await downloadFile({ ...${JSON.stringify(options)}, onBytes: () => undefined });`;
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const env = { ...process.env, HTTP_PROXY: address, http_proxy: address, NO_PROXY: '', no_proxy: '' };
    try {
      await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
        env,
        timeout: 60_000,
      });
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('nets.invalid');
    expect(sha256Of(await readFile(file))).toBe(sha256Of(source));
  });

  it('starts over when what arrived earlier is of another file', async () => {
    const part = path.join(backbonesDir(cacheDir), '.downloads', `${sha256Of(source)}.onnx.part`);
    await mkdir(path.dirname(part), { recursive: true });
    for (const stale of [new Uint8Array(3000), new Uint8Array(source.length)]) {
      await writeFile(part, stale);
      await fetchIt({ id: `n${stale.length}` });
    }
    expect(server.ranges).toEqual(['bytes=3000-', undefined, `bytes=${source.length}-`, undefined]);
  });

  it('throws another file away, and needs a checksum to tell', async () => {
    server.bytes = Uint8Array.from(source, (byte, i) => (i === 100 ? byte ^ 1 : byte));
    await expect(fetchIt()).rejects.toMatchObject({ code: 'download/checksum' });
    expect(await readdir(path.join(backbonesDir(cacheDir), '.downloads'))).toEqual([]);
    await expect(fetchIt({ sha256: undefined })).rejects.toMatchObject({ code: 'backbone/checksum-needed' });
    expect(server.ranges).toHaveLength(1);
  });

  it('says when there is no network, no such file, or no such kind of address', async () => {
    server.status = 404;
    await expect(fetchIt()).rejects.toMatchObject({ code: 'download/refused', details: { status: 404 } });
    const gone = server.url;
    await server.close();
    await expect(fetchIt({ from: gone })).rejects.toMatchObject({
      code: 'download/offline',
      message: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    await expect(fetchIt({ from: 'ftp://example.org/a.onnx' })).rejects.toMatchObject({
      code: 'download/bad-address',
    });
  });

  it('stops when told to, and leaves what arrived for the next try', async () => {
    const controller = new AbortController();
    const stopped = fetchIt({
      signal: controller.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'download' && done > 0) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'job/cancelled' });
    expect((await left()).filter((name) => name !== '.downloads')).toEqual([]);
    await fetchIt();
    expect(
      await readFile(path.join(addedBackboneDir('small-net', cacheDir), 'manifest.json'), 'utf8'),
    ).toContain(sha256Of(source));
  });
});
