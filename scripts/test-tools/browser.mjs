// Finds the Chromium or Chrome that browser stories run in, and installs one where it may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root, studioNode } from '../setup.mjs';
import { aptInstall } from './apt.mjs';

const known = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
};

/** Playwright's own Chromium, where it has been downloaded. */
function playwrightBrowser() {
  const require = createRequire(path.join(root, 'package.json'));
  const file = require('playwright-core').chromium.executablePath();
  return file && existsSync(file) ? file : undefined;
}

/** A browser's path, or the reason there is none and how to get one. */
export function findBrowser() {
  const asked = process.env.CATCHLIGHT_TEST_BROWSER;
  if (asked) return { path: asked };
  const find = () => (known[process.platform] ?? []).find((file) => existsSync(file)) ?? playwrightBrowser();
  let found = find();
  if (found === undefined && aptInstall(['chromium'])) found = find();
  if (found === undefined) {
    console.log("Fetching Playwright's Chromium for the browser stories…");
    spawnSync(
      studioNode(),
      [path.join(root, 'node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium'],
      { stdio: 'ignore', timeout: 300_000 },
    );
    found = find();
  }
  return found === undefined
    ? {
        path: undefined,
        reason:
          'no Chromium or Chrome was found or could be fetched; install one, or name it in CATCHLIGHT_TEST_BROWSER.',
      }
    : { path: found };
}
