/** What benchmarks of the window need besides the photographs: a browser, and the window as it was built. */
import { AppError } from '../../src/core/errors.ts';
import { browserPath, isWindowBuilt } from '../../test/helpers/studio.ts';

/** The browser's executable. Throws `bench/no-window` where it, or the built window, is not here. */
export function needWindow(): string {
  const executablePath = browserPath();
  if (executablePath !== undefined && isWindowBuilt()) return executablePath;
  throw new AppError({
    code: 'bench/no-window',
    message: 'This benchmark needs Chromium or Chrome and the built window; one of them is not here.',
    hint: 'Install Chromium, and run `node scripts/build.mjs`.',
  });
}
