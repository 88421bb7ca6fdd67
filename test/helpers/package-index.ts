/** A loopback package index as pip reads it (PEP 503): a page a project, and its files. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { storeZip } from './store-zip.ts';

export interface PackageIndex {
  /** For `PIP_INDEX_URL`. */
  readonly url: string;
  /** Names of the files given, in order. */
  readonly given: string[];
  /** Replaces what is given for a file, as something on the way that changes it would. */
  readonly replaced: Map<string, Buffer>;
  close(): Promise<void>;
}

/** A wheel small enough for a test that pip takes for a real one. */
export interface FakeWheel {
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Writes a wheel of `name` holding `files`, for CPython 3.11 or any. */
export function fakeWheel(
  name: string,
  version: string,
  tags: string,
  files: Readonly<Record<string, string>>,
): FakeWheel {
  const info = `${name}-${version}.dist-info`;
  const bytes = storeZip({
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name.replaceAll('_', '-')}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: ${tags}\n`,
    [`${info}/RECORD`]: '',
  });
  return {
    fileName: `${name}-${version}-${tags}.whl`,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Serves the wheels. The links carry no checksum: whoever fetches must know it. */
export async function startPackageIndex(wheels: readonly FakeWheel[]): Promise<PackageIndex> {
  const given: string[] = [];
  const replaced = new Map<string, Buffer>();
  const projectOf = ({ fileName }: FakeWheel): string => (fileName.split('-')[0] ?? '').replaceAll('_', '-');
  const http = createServer((request, response) => {
    const [folder, name] = (request.url ?? '').split('/').filter((part) => part !== '');
    const wheel = wheels.find(({ fileName }) => folder === 'files' && fileName === name);
    if (wheel !== undefined) {
      given.push(wheel.fileName);
      response.end(replaced.get(wheel.fileName) ?? wheel.bytes);
      return;
    }
    const links = wheels
      .filter((one) => folder === 'simple' && projectOf(one) === name)
      .map(({ fileName }) => `<a href="/files/${fileName}">${fileName}</a>`);
    response.writeHead(links.length === 0 ? 404 : 200, { 'content-type': 'text/html' });
    response.end(`<!DOCTYPE html><html><body>${links.join('')}</body></html>`);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/simple/`,
    given,
    replaced,
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}
