/** The layer rules themselves: each is given a file that breaks it, and must say so by name. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = path.resolve(import.meta.dirname, '..', '..');

const planted: readonly { rule: string; file: string; source: string }[] = [
  {
    rule: 'core-no-builtins',
    file: 'src/core/a.ts',
    source: "import { readFileSync } from 'node:fs'; export const a = readFileSync;",
  },
  {
    rule: 'core-is-pure',
    file: 'src/core/b.ts',
    source: "import { x } from '../main/x.ts'; export const b = x;",
  },
  {
    rule: 'formats-on-core',
    file: 'src/formats/a.ts',
    source: "import { x } from '../main/x.ts'; export const a = x;",
  },
  {
    rule: 'editor-on-core',
    file: 'src/editor/a.ts',
    source: "import { x } from '../main/x.ts'; export const a = x;",
  },
  {
    rule: 'engine-on-core',
    file: 'src/engine/a.ts',
    source: "import { x } from '../main/x.ts'; export const a = x;",
  },
  {
    rule: 'contract-on-core',
    file: 'src/contract/a.ts',
    source: "import { x } from '../main/x.ts'; export const a = x;",
  },
  {
    rule: 'main-to-engine-by-message',
    file: 'src/main/y.ts',
    source: "import { z } from '../engine/z.ts'; export const y = z;",
  },
  {
    rule: 'window-apart',
    file: 'src/renderer/a.ts',
    source: "import { x } from '../main/x.ts'; export const a = x;",
  },
  {
    rule: 'features-apart',
    file: 'src/renderer/features/one/a.ts',
    source: "import { b } from '../two/b.ts'; export const a = b;",
  },
  {
    rule: 'tensors-in-engine',
    file: 'src/main/t.ts',
    source: "import * as tf from '@tensorflow/tfjs-core'; export const t = tf;",
  },
  {
    rule: 'konva-in-canvas',
    file: 'src/renderer/app/k.ts',
    source: "import Konva from 'konva'; export const k = Konva;",
  },
  {
    rule: 'sql-in-db',
    file: 'src/main/host/s.ts',
    source: "import Database from 'better-sqlite3'; export const s = Database;",
  },
  {
    rule: 'electron-at-the-edge',
    file: 'src/main/host/e.ts',
    source: "import { app } from 'electron'; export const e = app;",
  },
  {
    rule: 'no-cycles',
    file: 'src/main/c1.ts',
    source: "import { c2 } from './c2.ts'; export const c1: number = c2;",
  },
  {
    rule: 'resolvable',
    file: 'src/main/n.ts',
    source: "import { n } from './nowhere.ts'; export const m = n;",
  },
];

const innocent: Readonly<Record<string, string>> = {
  'src/main/x.ts': 'export const x = 1;',
  'src/main/c2.ts': "import { c1 } from './c1.ts'; export const c2: number = c1;",
  'src/engine/z.ts': 'export const z = 1;',
  'src/engine/messages.ts': 'export const m = 1;',
  'src/main/fine.ts': "import { m } from '../engine/messages.ts'; export const f = m;",
  'src/renderer/features/two/b.ts': 'export const b = 1;',
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the layer rules', () => {
  let folder = '';
  let violations: Violation[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight-layers-'));
    await symlink(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    const files = { ...innocent, ...Object.fromEntries(planted.map(({ file, source }) => [file, source])) };
    for (const [file, source] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), source);
    }
    const script = path.join(
      repository,
      'node_modules',
      'dependency-cruiser',
      'bin',
      'dependency-cruiser.mjs',
    );
    const config = path.join(repository, '.dependency-cruiser.mjs');
    const run = await promisify(execFile)(
      process.execPath,
      [script, 'src', '--config', config, '--output-type', 'json'],
      {
        cwd: folder,
        timeout: 60_000,
        maxBuffer: 32 * 1024 * 1024,
      },
    ).catch((error: { stdout: string }) => error);
    violations = (JSON.parse(run.stdout) as { summary: { violations: Violation[] } }).summary.violations;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(planted)('$rule catches $file', ({ rule, file }) => {
    expect(violations.filter((found) => found.from === file).map((found) => found.rule.name)).toContain(rule);
  });

  it('says nothing of files that keep the rules', () => {
    expect(
      violations.filter((found) =>
        ['src/main/fine.ts', 'src/engine/messages.ts', 'src/renderer/features/two/b.ts'].includes(found.from),
      ),
    ).toEqual([]);
  });
});
