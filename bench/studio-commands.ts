/** What benchmarks of the whole studio share: its commands, run as a person runs them, and the photographs they run on. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../src/core/errors.ts';

const STEP_LIMIT_MS = 45 * 60_000;
/** Photographs are judged eight at a time in training and one at a time afterwards: products differ in the last digits. */
const MOST_DIFFERENCE = 0.002;

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

const verdictSchema = z.object({ n: z.number(), map50: z.number(), map: z.number() });

/**
 * The verdict of `evaluate` on a model that was just trained, and that its training ended with: `trained` is the result of that command.
 * Throws `bench/two-verdicts` where the two differ, for then the time of the training did not hold what was measured.
 */
export async function judgeAnew(
  project: string,
  trained: Record<string, unknown>,
): Promise<z.infer<typeof verdictSchema>> {
  const own = verdictSchema.parse(trained.metrics);
  const anew = verdictSchema.parse(await command(['evaluate', project, '--split', 'valid']));
  if (Math.abs(own.map50 - anew.map50) < MOST_DIFFERENCE) return anew;
  throw new AppError({
    code: 'bench/two-verdicts',
    message: `Training ended with mAP@.5 ${own.map50}, and the saved model has ${anew.map50}, so neither can be told.`,
    hint: 'They should be equal: find out which of the two reads photographs otherwise.',
  });
}
