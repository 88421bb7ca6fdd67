/** A Python with packages that a test compares us with, where there is one. */
import { execFileSync } from 'node:child_process';

/** The first Python that can import all of `modules`; undefined, said on the console, where there is none. */
export function findPython(modules: readonly string[]): string | undefined {
  const found = ['python3', 'python'].find((python) => {
    try {
      execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore', timeout: 60_000 });
      return true;
    } catch {
      // No such Python, or one without the packages.
      return false;
    }
  });
  if (found === undefined) console.log(`Skipped: no Python here has ${modules.join(' and ')}.`);
  return found;
}

/** Runs a program; what it prints is JSON. Throws with what it wrote to stderr. */
export function runPython(python: string, program: string, args: readonly string[]): unknown {
  const options = { encoding: 'utf8', timeout: 120_000, maxBuffer: 64 * 1024 * 1024 } as const;
  return JSON.parse(execFileSync(python, ['-c', program, ...args], options));
}
