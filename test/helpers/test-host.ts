/** A real host on real folders for one test: everything lies in a temporary folder that goes away with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { HostApi } from '../../src/contract/host-api.ts';
import type { RecordDiff } from '../../src/core/diffs.ts';
import { isJobOver, type Job } from '../../src/core/jobs.ts';
import type { BoxRecord } from '../../src/core/records.ts';
import type { EnginePort } from '../../src/main/host/engine-port.ts';
import { createHost, type Host, type HostOptions } from '../../src/main/host/host.ts';

export interface TestHost extends AsyncDisposable {
  readonly host: Host;
  readonly api: HostApi;
  /** The folder that holds everything of this test. */
  readonly dir: string;
  readonly imagesDir: string;
}

/** Starts a host with a folder of `images` plain JPEGs of 64 × 48 px, and no project. */
export async function startTestHost(
  options: { images?: number; engine?: EnginePort; host?: Partial<HostOptions> } = {},
): Promise<TestHost> {
  const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-test-'));
  const imagesDir = path.join(dir, 'photos');
  mkdirSync(imagesDir);
  for (let i = 0; i < (options.images ?? 3); i += 1) await writeJpeg(path.join(imagesDir, `img_${i}.jpg`), i);
  const host = await createHost({
    shell: 'serve',
    userDataDir: path.join(dir, 'home'),
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...options.host,
  });
  return {
    host,
    api: host.api,
    dir,
    imagesDir,
    [Symbol.asyncDispose]: async () => {
      await host.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A JPEG of one colour; another `shade`, another content hash. */
export async function writeJpeg(
  file: string,
  shade: number,
  size = { width: 64, height: 48 },
): Promise<void> {
  const background = { r: (shade * 37) % 256, g: (shade * 91) % 256, b: 120 };
  writeFileSync(
    file,
    await sharp({ create: { ...size, channels: 3, background } })
      .jpeg()
      .toBuffer(),
  );
}

/** Waits for a job to end and returns it as it then is. */
export async function whenOver(api: HostApi, jobId: string): Promise<Job> {
  const stop = new AbortController();
  try {
    for await (const event of api.events(stop.signal)) {
      if (event.type === 'job' && event.job.id === jobId && isJobOver(event.job.state)) return event.job;
    }
    throw new Error('The host closed before the job ended.');
  } finally {
    stop.abort();
  }
}

/** A project over the test's images, scanned, with two classes. */
export async function makeProject(
  test: TestHost,
  name = 'fish',
): Promise<{ scan: Job; imageIds: string[]; classIds: string[] }> {
  const { jobId } = await test.api.createProject({
    imagesDir: test.imagesDir,
    name,
    classes: ['ALB', 'YFT'],
  });
  const scan = await whenOver(test.api, jobId);
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 5000 });
  return {
    scan,
    imageIds: items.map((item) => item.id),
    classIds: (await test.api.listClasses()).map((entry) => entry.id),
  };
}

/** A hand-drawn box with sensible values for what a test does not care about. */
export function makeBox(part: Pick<BoxRecord, 'id' | 'imageId' | 'classId'> & Partial<BoxRecord>): BoxRecord {
  return {
    x: 4,
    y: 4,
    w: 10,
    h: 8,
    source: 'person',
    modelId: null,
    score: null,
    attributes: {},
    head: null,
    tail: null,
    ...part,
  };
}

/** Draws one box of a class on an image, as a person does, and so marks it as labelled. */
export async function labelImage(test: TestHost, imageId: string, classId: string): Promise<void> {
  const box = makeBox({ id: `box-${imageId.slice(0, 20)}`, imageId, classId });
  const diffs: RecordDiff[] = [
    { table: 'boxes', id: box.id, before: null, after: box },
    {
      table: 'images',
      id: imageId,
      before: { id: imageId, state: 'unseen' },
      after: { id: imageId, state: 'labelled' },
    },
  ];
  await test.api.applyGesture({
    id: `g-${imageId.slice(0, 20)}`,
    kind: 'do',
    of: null,
    label: 'Draw',
    imageId,
    source: 'person',
    diffs,
  });
}
