// `npm test`: the same bootstrap as `npm start`, then every test; the last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, root, studioNode } from './setup.mjs';
import { findBrowser } from './test-tools/browser.mjs';
import { findElectronForTests } from './test-tools/electron.mjs';

ensureInstalled();
ensureBuilt();

const browser = findBrowser();
if (browser.path === undefined) console.log(`Browser stories skipped: ${browser.reason}`);
const electron = findElectronForTests();
if (electron.path === undefined) console.log(`Desktop stories skipped: ${electron.reason}`);

const artifacts = path.join(root, 'test', '.artifacts');
mkdirSync(artifacts, { recursive: true });
const resultFile = path.join(artifacts, 'results.json');
rmSync(resultFile, { force: true });

const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const run = spawnSync(
  studioNode(),
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${resultFile}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    timeout: 40 * 60_000,
    env: {
      ...process.env,
      CATCHLIGHT_TEST_BROWSER: browser.path ?? '',
      CATCHLIGHT_TEST_ELECTRON: electron.path ?? '',
    },
  },
);

let counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const results = JSON.parse(readFileSync(resultFile, 'utf8'));
  // A file that cannot even load holds no failed test, yet has failed.
  const brokenFiles = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  counts = {
    passed: results.numPassedTests,
    failed: results.numFailedTests + brokenFiles,
    skipped: results.numPendingTests,
  };
} catch (error) {
  console.error(`The test run left no results: ${error.message}`);
  counts.failed = 1;
}
const failed = run.status === 0 ? counts.failed : Math.max(1, counts.failed);
console.log(
  `${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exit(failed === 0 ? 0 : 1);
