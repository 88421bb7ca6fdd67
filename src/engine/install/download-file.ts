/** Fetches one file over HTTP(S): goes on where an earlier try stopped, tells how far it is, and keeps nothing whose checksum is wrong. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../core/errors.ts';
import { hashFile } from './download-wheel.ts';
import { cancelled } from './run-command.ts';

export interface FileDownload {
  readonly url: string;
  /** Where the checked file is put; `file` plus `.part` holds what has arrived so far. */
  readonly file: string;
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
  /** The fetch gives up on more bytes than this. */
  readonly maxBytes: number;
  /** The fetch gives up when nothing arrives for this long. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal;
  /** `totalBytes` is 0 while the server has not said. */
  readonly onBytes: (doneBytes: number, totalBytes: number) => void;
}

const STALL_MS = 60_000;

/**
 * Makes sure the file lies there with the given checksum. A proxy is taken from `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. Throws
 * `download/bad-address`, `download/offline` when the server cannot be reached, `download/refused` when it does not give the file,
 * `download/broken-off` (what has arrived stays for the next try), `download/too-large`, `download/checksum`, `job/cancelled`.
 */
export async function downloadFile(options: FileDownload): Promise<void> {
  const url = parseAddress(options.url);
  takeProxyFromEnvironment();
  await mkdir(path.dirname(options.file), { recursive: true });
  const part = `${options.file}.part`;
  for (;;) {
    const resumedAt = await sizeOf(part);
    await fetchRest(options, url, part, resumedAt);
    const found = await hashFile(part, options.signal);
    if (found === options.sha256.toLowerCase()) break;
    await rm(part, { force: true });
    // The server may have another file there than when the first half was fetched: once more, from the start.
    if (resumedAt > 0) continue;
    throw new AppError({
      code: 'download/checksum',
      message:
        'The downloaded file is not the one asked for (its checksum differs), so it was thrown away and nothing was changed.',
      hint: 'Check the address and the checksum with whoever published them. If both are right, something on the way changes files.',
      details: { url: url.href, expected: options.sha256, found },
    });
  }
  await rename(part, options.file);
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new AppError({
    code: 'download/bad-address',
    message: `“${text}” is not an address a file can be fetched from. Nothing was changed.`,
    hint: 'Give an address that starts with https:// or http://.',
    details: { url: text },
  });
}

let proxyIsSet = false;

/** Lets this process's requests go through the proxy of its environment, where this Node can do so (24.14 and later). */
function takeProxyFromEnvironment(): void {
  if (proxyIsSet) return;
  proxyIsSet = true;
  const set = (http as { setGlobalProxyFromEnv?: () => unknown }).setGlobalProxyFromEnv;
  set?.();
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    (found) => found.size,
    () => 0, // Not there yet.
  );
}

/** Appends to `part` what is missing; leaves it whole, or throws. */
async function fetchRest(options: FileDownload, url: URL, part: string, resumedAt: number): Promise<void> {
  const stall = new AbortController();
  const signals = [stall.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const watch = watchStall(options.stallMs ?? STALL_MS, stall);
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any(signals),
      // A checksum is over the bytes as published: no compression on the way.
      headers: { 'accept-encoding': 'identity', ...(resumedAt > 0 ? { range: `bytes=${resumedAt}-` } : {}) },
    });
    if (response.status === 416 && resumedAt > 0) {
      // Nothing is missing any more; the checksum says whether it is right.
      await response.body?.cancel();
      return;
    }
    if (!response.ok || response.body === null) throw refused(url, response.status);
    const from = response.status === 206 ? resumedAt : 0;
    const length = Number(response.headers.get('content-length') ?? 0);
    const total = length > 0 ? from + length : 0;
    if (total > options.maxBytes) throw tooLarge(url, options.maxBytes);
    await pipeline(
      Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
      countBytes({ ...options, from, total, url, watch }),
      createWriteStream(part, { flags: from > 0 ? 'a' : 'w' }),
    );
    if (total > 0 && (await sizeOf(part)) < total) throw brokenOff(url, undefined);
  } catch (error) {
    throw await toDownloadError(error, options.signal, url, part);
  } finally {
    watch.stop();
  }
}

interface StallWatch {
  /** Something arrived. */
  heard(): void;
  stop(): void;
}

function watchStall(stallMs: number, controller: AbortController): StallWatch {
  const timer = setTimeout(() => controller.abort(), stallMs);
  return { heard: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}

function countBytes(options: {
  from: number;
  total: number;
  maxBytes: number;
  url: URL;
  watch: StallWatch;
  onBytes: FileDownload['onBytes'];
}): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  return async function* (source) {
    let done = options.from;
    options.onBytes(done, options.total);
    for await (const chunk of source) {
      options.watch.heard();
      done += chunk.byteLength;
      if (done > options.maxBytes) throw tooLarge(options.url, options.maxBytes);
      options.onBytes(done, options.total);
      yield chunk;
    }
  };
}

async function toDownloadError(
  error: unknown,
  signal: AbortSignal | undefined,
  url: URL,
  part: string,
): Promise<unknown> {
  if (signal?.aborted === true) return cancelled();
  if (error instanceof AppError) return error;
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  // Faults of the disk keep their own words.
  if (['ENOSPC', 'EDQUOT', 'EFBIG', 'EACCES', 'EPERM', 'EROFS'].includes(code)) return error;
  if ((await sizeOf(part)) > 0) return brokenOff(url, error);
  return new AppError({
    code: 'download/offline',
    message: `The server ${url.host} could not be reached${code === '' ? '' : ` (${code})`}, so nothing was downloaded. Everything on this machine is as it was.`,
    hint: 'Check the network, the address and HTTPS_PROXY. On a machine without network, bring the file another way and add it by its path.',
    details: { url: url.href, cause: cause instanceof Error ? cause.message : String(cause) },
    cause: error,
  });
}

function brokenOff(url: URL, cause: unknown): AppError {
  return new AppError({
    code: 'download/broken-off',
    message: 'The download broke off before the file was whole. What has arrived is kept.',
    hint: 'Try again: it goes on where it stopped.',
    details: { url: url.href, cause: cause instanceof Error ? cause.message : null },
    cause,
  });
}

function refused(url: URL, status: number): AppError {
  return new AppError({
    code: 'download/refused',
    message: `The server ${url.host} did not give the file (HTTP ${status}), so nothing was changed.`,
    hint: 'Check the address: it must lead to the file itself, without signing in.',
    details: { url: url.href, status },
  });
}

function tooLarge(url: URL, maxBytes: number): AppError {
  return new AppError({
    code: 'download/too-large',
    message: `The file at ${url.host} is larger than ${Math.floor(maxBytes / 1e6)} MB, which no backbone is, so it was not fetched.`,
    hint: 'Check the address.',
    details: { url: url.href, maxBytes },
  });
}
