/** What benchmarks of the whole studio share: its commands, run as a person runs them, and the photographs they run on. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../src/core/errors.ts';

const STEP_LIMIT_MS = 45 * 60_000;

/** Folder of the aquarium photographs (YOLO). Throws `bench/no-photographs`. */
export function aquarium(): string {
  const beside = path.resolve(import.meta.dirname, '..', '..', 'shared', 'data');
  const folder = path.join(process.env.CATCHLIGHT_SHARED ?? beside, 'aquarium');
  if (existsSync(path.join(folder, 'data.yaml'))) return folder;
  throw new AppError({
    code: 'bench/no-photographs',
    message: `The aquarium photographs are not in ${folder}, so nothing was measured.`,
    hint: 'Point CATCHLIGHT_SHARED at the folder that holds `aquarium`.',
  });
}

/** One command of the studio; its JSON result. Throws `bench/command-failed`. */
export async function command(args: readonly string[]): Promise<Record<string, unknown>> {
  const bin = path.resolve(import.meta.dirname, '..', 'bin', 'catchlight.js');
  const child = spawn(process.execPath, [bin, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: STEP_LIMIT_MS,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new AppError({
      code: 'bench/command-failed',
      message: `The command ${args[0] ?? ''} ended with ${code ?? 'a signal'}, so nothing was measured.`,
      hint: 'Its own message stands above.',
    });
  }
  return JSON.parse(text.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
}
