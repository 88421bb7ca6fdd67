/** An export that is killed leaves the target as it was, and the next one to the same place clears up after it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameStaging } from '../../src/main/host/transfer/staging.ts';
import { writeFilesTogether } from '../../src/main/host/transfer/write-together.ts';

const helper = path.resolve(import.meta.dirname, '..', 'helpers', 'killed-export.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-killed-export-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startExport(dir: string) {
  const child = fork(helper, [dir], { stdio: 'ignore', serialization: 'advanced' });
  await once(child, 'message');
  return child;
}

async function exportNow(dir: string): Promise<void> {
  async function* files() {
    yield { path: 'b.txt', bytes: new Uint8Array([2]) };
  }
  await writeFilesTogether(dir, files(), new AbortController().signal, () => undefined);
}

describe('an export that was killed', () => {
  it('is cleared away by the next one, beside a new target and inside an old one', async () => {
    const dir = path.join(folder, 'coco');
    for (const before of [0, 1]) {
      const child = await startExport(dir);
      child.kill('SIGKILL');
      await once(child, 'close');
      const left = await readdir(before === 0 ? folder : dir);
      expect(left.filter((name) => name.includes('.catchlight-part-'))).toHaveLength(1);
      await exportNow(dir);
      expect(await readdir(dir)).toEqual(['b.txt']);
      expect(await readdir(folder)).toEqual(['coco']);
    }
  });

  it('is left alone while it still runs', async () => {
    const dir = path.join(folder, 'shared');
    await mkdir(dir);
    const child = await startExport(dir);
    await exportNow(dir);
    const [running = '', ...others] = (await readdir(dir)).filter((name) => name !== 'b.txt');
    expect(running).toContain(String(child.pid));
    expect(others).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'close');
    await exportNow(dir);
    expect(await readdir(dir)).toEqual(['b.txt']);
  });

  it('is not mistaken for a person’s folder, another computer’s export, or one of this process', async () => {
    const dir = path.join(folder, 'careful');
    const own = nameStaging(dir);
    await mkdir(dir);
    const kept = [
      '.part-1-abc',
      '.catchlight-part-',
      '.catchlight-part-elsewhere9-1-abc123',
      '.catchlight-part-notes',
    ];
    for (const name of kept) await mkdir(path.join(dir, name));
    await mkdir(own);
    await exportNow(dir);
    expect((await readdir(dir)).sort()).toEqual([...kept, 'b.txt'].sort());
    expect(await readdir(folder)).toContain(path.basename(own));
    // The same number, but from before this process began: somebody who had it earlier.
    await utimes(own, 1, 1);
    await exportNow(dir);
    expect(await readdir(folder)).not.toContain(path.basename(own));
  });
});
