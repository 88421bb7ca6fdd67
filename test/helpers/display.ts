/** A display for desktop windows: the person's own where there is one, else a virtual one that ends with the test. */
import { spawn } from 'node:child_process';

export interface Display {
  /** Value for the environment variable DISPLAY; undefined where the system needs none. */
  readonly name: string | undefined;
  close(): void;
}

const startTimeoutMs = 10_000;

/** Starts Xvfb on a free number when Linux has no display. Rejects when it does not start in 10 s. */
export function openDisplay(widthPx: number, heightPx: number): Promise<Display> {
  if (process.platform !== 'linux') return Promise.resolve({ name: undefined, close: () => undefined });
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${widthPx}x${heightPx}x24`, '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      reject(new Error('Xvfb did not start in time'));
    }, startTimeoutMs);
    server.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    server.stdio[3]?.once('data', (bytes: Buffer) => {
      clearTimeout(timer);
      resolve({ name: `:${bytes.toString().trim()}`, close: () => void server.kill('SIGKILL') });
    });
  });
}
