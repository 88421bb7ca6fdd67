/** Starts the self-test program on a binding and reads its verdict. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { runCommand } from './run-command.ts';

const reportSchema = z.object({
  tensorflowVersion: z.string(),
  elapsedMs: z.number(),
  matmulGflops: z.number(),
  usesGpu: z.boolean(),
});

/** What a passed self-test reports. */
export type SelfTestResult = z.infer<typeof reportSchema>;

/** Where the program lies: next to this file in a checkout, `engine-self-test.js` beside the engine's entry in a build. */
export function selfTestEntry(here: string = fileURLToPath(import.meta.url)): string {
  const folder = path.dirname(here);
  if (here.endsWith('.ts')) return path.join(folder, 'self-test-child.ts');
  return path.join(path.basename(folder) === 'chunks' ? path.dirname(folder) : folder, 'engine-self-test.js');
}

/** Tests a binding in a process of its own. Throws `engine-install/self-test` with the reason: wrong result, crash, time-out. */
export async function selfTestBinding(
  bindingPath: string,
  options: {
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
    /** `gpu`: fails unless a graphics card does the work. Default `cpu`, which hides the cards. */
    readonly device?: 'cpu' | 'gpu';
  } = {},
): Promise<SelfTestResult> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const result = await runCommand(process.execPath, [selfTestEntry(), bindingPath, options.device ?? 'cpu'], {
    timeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    // Inside the desktop application the program that runs is Electron; this makes it behave as Node.
    env: { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: undefined },
  });
  if (result.exitCode === 0) {
    const line = result.stdout.trim().split('\n').at(-1) ?? '';
    const report = reportSchema.safeParse(parseJson(line));
    if (report.success) return report.data;
  }
  const reason = result.timedOut
    ? `it gave no answer within ${Math.round(timeoutMs / 1000)} seconds`
    : (result.stderr
        .split('\n')
        // TensorFlow's own notes speak of rounding errors, too.
        .find((line) => /^\w*Error\b.*: /.test(line))
        ?.trim() ?? `it ended with code ${result.exitCode ?? 'of a signal'}`);
  throw new AppError({
    code: 'engine-install/self-test',
    message: `The installed TensorFlow did not pass its self-test, so it is not used: ${reason}`,
    hint: 'Training goes on with the next best backend. Run `catchlight engine uninstall`, then install again; if it fails again, report the details.',
    details: {
      bindingPath,
      exitCode: result.exitCode,
      timedOut: result.timedOut,
      stderr: result.stderr.slice(-4000),
    },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
