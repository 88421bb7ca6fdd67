/** The NVIDIA driver of this machine: asked before gigabytes are fetched that would be of no use without it. */
import { AppError } from '../../core/errors.ts';
import { runCommand } from './run-command.ts';

/** The first card, as its driver names it. */
export interface NvidiaCard {
  readonly name: string;
  readonly driverVersion: string;
}

/** CUDA 12's libraries run with any driver from this one on (NVIDIA, CUDA compatibility, minor versions). */
const oldestDriver = '525.60.13';

/**
 * Asks the driver's own program for its first card. Throws `engine-install/no-driver` where there is none or it sees no card,
 * `engine-install/old-driver` when it is older than CUDA 12 needs, `job/cancelled`.
 */
export async function findNvidiaCard(
  candidates: readonly string[] = ['nvidia-smi'],
  signal?: AbortSignal,
): Promise<NvidiaCard> {
  let said = '';
  for (const command of candidates) {
    const result = await runCommand(command, ['--query-gpu=name,driver_version', '--format=csv,noheader'], {
      timeoutMs: 30_000,
      ...(signal === undefined ? {} : { signal }),
    });
    const card = result.exitCode === 0 ? readCard(result.stdout) : undefined;
    if (card !== undefined) {
      requireNewEnough(card);
      return card;
    }
    if (result.startError === undefined)
      said = (result.stderr || result.stdout).trim().split('\n').at(-1) ?? '';
  }
  throw new AppError({
    code: 'engine-install/no-driver',
    message:
      said === ''
        ? 'TensorFlow for graphics cards needs an NVIDIA card and its driver, and no driver was found, so nothing was installed.'
        : `TensorFlow for graphics cards needs an NVIDIA card, and the driver names none (${said}), so nothing was installed.`,
    hint: 'With an NVIDIA card in this machine, install its driver (Debian: `apt install nvidia-driver`; Ubuntu: `ubuntu-drivers install`), restart, and try again. Without one, install the variant for the processor: `catchlight engine install`.',
    details: { tried: [...candidates], said },
  });
}

/** Reads `NVIDIA A100, 550.54.15`; undefined for anything else. */
export function readCard(text: string): NvidiaCard | undefined {
  const line = text.split('\n')[0] ?? '';
  const found = /^(.{1,200}), (\d{1,5}(?:\.\d{1,5}){1,3})\s*$/.exec(line);
  const [, name, driverVersion] = found ?? [];
  return name === undefined || driverVersion === undefined ? undefined : { name: name.trim(), driverVersion };
}

function requireNewEnough({ name, driverVersion }: NvidiaCard): void {
  const parts = (version: string): number[] => version.split('.').map(Number);
  const [have, need] = [parts(driverVersion), parts(oldestDriver)];
  for (const [index, needed] of need.entries()) {
    const difference = (have[index] ?? 0) - needed;
    if (difference > 0) return;
    if (difference < 0) {
      throw new AppError({
        code: 'engine-install/old-driver',
        message: `The driver of ${name} is ${driverVersion}, and CUDA 12 needs ${oldestDriver} or later, so nothing was installed.`,
        hint: 'Update the NVIDIA driver, restart, and try again; or install the variant for the processor: `catchlight engine install`.',
        details: { name, driverVersion, oldestDriver },
      });
    }
  }
}
