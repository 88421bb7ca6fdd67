/** Answers a request with a file: ETag, Range, HEAD, streamed. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

export interface FileAnswer {
  readonly file: string;
  readonly type: string;
  /** Names the content: equal tags, equal bytes. */
  readonly etag: string;
  readonly cacheControl: string;
}

/** RFC 9110: 304 on a matching If-None-Match, 206 for one byte range, 416 outside the file. Throws the system's error without the file. */
export async function sendFile(request: Request, answer: FileAnswer): Promise<Response> {
  const { size } = await stat(answer.file);
  const headers = new Headers({
    'Content-Type': answer.type,
    ETag: `"${answer.etag}"`,
    'Cache-Control': answer.cacheControl,
    'Accept-Ranges': 'bytes',
  });
  const known = request.headers.get('if-none-match');
  if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${answer.etag}"`)) {
    return new Response(null, { status: 304, headers });
  }
  const ifRange = request.headers.get('if-range');
  const rangeHeader =
    ifRange === null || ifRange === `"${answer.etag}"` ? request.headers.get('range') : null;
  const range = parseRange(rangeHeader, size);
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers.set('Content-Length', String(end - start + 1));
  if (range !== null) headers.set('Content-Range', `bytes ${start}-${end}/${size}`);
  const status = range === null ? 200 : 206;
  if (request.method === 'HEAD' || size === 0) return new Response(null, { status, headers });
  const stream = createReadStream(answer.file, { start, end });
  request.signal.addEventListener('abort', () => stream.destroy(), { once: true });
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, { status, headers });
}

/** One range of `bytes=`; null for none, for several, or for what is not understood (then the whole file is sent). Ends are inclusive. */
export function parseRange(
  header: string | null,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = header === null ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size) return 'unsatisfiable';
  return start > end ? null : { start, end };
}
