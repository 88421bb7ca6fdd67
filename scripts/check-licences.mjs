// Fails when a package that ships carries a licence outside the allowed list.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

const allowed = new Set([
  'MIT',
  'MIT-0',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'ISC',
  'MPL-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'WTFPL',
  'Zlib',
]);
// libvips is LGPL, linked as a separate shared library that users may replace: what the LGPL asks for.
const exceptions = new Map([
  ['LGPL-3.0-or-later', /^node_modules\/@img\/sharp-(libvips-|wasm32|win32)/],
  // Node's own binary (MIT) in a package that forgot the field.
  ['none stated', /^node_modules\/node-bin-/],
]);

/** SPDX expressions of the two operators npm packages use. */
function isAllowed(expression, where) {
  const text = expression.replace(/[()]/g, ' ').trim();
  if (text.includes(' OR ')) return text.split(' OR ').some((part) => isAllowed(part, where));
  if (text.includes(' AND ')) return text.split(' AND ').every((part) => isAllowed(part, where));
  return allowed.has(text.trim()) || (exceptions.get(text.trim())?.test(where) ?? false);
}

const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
const bad = [];
let count = 0;
for (const [where, entry] of Object.entries(lock.packages)) {
  if (where === '' || entry.dev || entry.devOptional) continue;
  count += 1;
  const licence = typeof entry.license === 'string' ? entry.license : 'none stated';
  if (!isAllowed(licence, where)) bad.push(`${where}: ${licence}`);
}
if (bad.length > 0) {
  console.error(`Packages that ship under a licence we do not allow:\n  ${bad.join('\n  ')}`);
  process.exit(1);
}
console.log(`${count} packages that ship, every licence allowed`);
