/** The host as the shell starts it: a child that says where it listens, answers on its pipe, and goes when its parent goes. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { entryPath } from '../../src/main/entries.ts';

const readySchema = z.object({
  type: z.literal('ready'),
  socketPath: z.string(),
  token: z.string(),
  address: z.string().optional(),
});

let dir = '';
let children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'catchlight-host-'));
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  children = [];
  rmSync(dir, { recursive: true, force: true });
});

async function startHost(
  ...args: string[]
): Promise<{ child: ChildProcess; ready: z.infer<typeof readySchema> }> {
  const child = fork(entryPath('host'), [`--user-data=${dir}`, ...args], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  children.push(child);
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(60_000) });
  return { child, ready: readySchema.parse(message) };
}

function askPipe(
  socketPath: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      { socketPath, path: '/rpc/info', headers: { host: 'studio', ...headers }, timeout: 10_000 },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          body += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    request.on('error', reject);
  });
}

describe('the host process', () => {
  it('tells its parent where it listens, answers there and on a port, to the holder of the token', async () => {
    const { ready } = await startHost('--shell=desktop', '--port=0');
    const answer = await askPipe(ready.socketPath, { authorization: `Bearer ${ready.token}` });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).result.data).toMatchObject({
      shell: 'desktop',
      projectsDir: path.join(dir, 'projects'),
    });
    expect((await askPipe(ready.socketPath, {})).status).toBe(401);
    const page = await fetch(`${ready.address}/rpc/info`, { headers: { 'x-catchlight-token': ready.token } });
    expect(page.status).toBe(200);
  });

  it('ends when its parent lets go of it, and takes its pipe along', async () => {
    const { child, ready } = await startHost();
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
    child.disconnect();
    expect((await exited)[0]).toBe(0);
    if (process.platform !== 'win32') expect(existsSync(ready.socketPath)).toBe(false);
  });
});
