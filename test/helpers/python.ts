/** A Python with packages that a test compares us with, where there is one. */
import { execFileSync } from 'node:child_process';

/** The first Python that can import all of `modules`, that of `CATCHLIGHT_BENCH_PYTHON` before others; undefined, said on the console, where there is none. */
export function findPython(modules: readonly string[]): string | undefined {
  const named = process.env.CATCHLIGHT_BENCH_PYTHON;
  const pythons = [...(named === undefined ? [] : [named]), 'python3', 'python'];
  const found = pythons.find((python) => {
    try {
      execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore', timeout: 180_000 });
      return true;
    } catch {
      // No such Python, or one without the packages.
      return false;
    }
  });
  if (found === undefined) console.log(`Skipped: no Python here has ${modules.join(' and ')}.`);
  return found;
}

/** Runs a program; the last line it prints is JSON. `env` adds to the environment. Throws with what it wrote to stderr. */
export function runPython(
  python: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): unknown {
  const options = {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', ...env },
  } as const;
  return JSON.parse(
    execFileSync(python, ['-c', program, ...args], options)
      .trim()
      .split('\n')
      .at(-1) ?? '',
  );
}
