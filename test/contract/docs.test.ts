/** What the pages say is true: links lead somewhere, files named are there, and whatever is listed in the code is described. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { benches } from '../../bench/list.ts';
import { tools } from '../../src/editor/tools/list.ts';
import { recipeCards } from '../../src/engine/recipes/list.ts';
import { formats } from '../../src/formats/list.ts';
import { commands } from '../../src/main/cli/commands/list.ts';

const repository = path.resolve(import.meta.dirname, '..', '..');

/** Files of the repository as they stand in the working tree; a packed copy without git has no history to ask, and no strangers either. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: repository,
  encoding: 'utf8',
  timeout: 20_000,
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(path.join(repository, file)));
const pages = files.filter((file) => file.endsWith('.md'));
const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');

/** Headings as the anchors that code hosts make of them. */
function listAnchors(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

describe('the pages', () => {
  it('link only to files that exist, and to headings they have', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
        if (/^[a-z]+:/.test(target)) return [];
        const [link = '', anchor] = target.split('#');
        const file = link === '' ? page : path.posix.join(path.posix.dirname(page), link);
        if (!existsSync(path.join(repository, file))) return [`${page} → ${target}`];
        return anchor === undefined || listAnchors(read(file)).includes(anchor)
          ? []
          : [`${page} → ${target}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('name only files that exist', () => {
    // Placeholders are written in capitals or between angle brackets, and so are not paths.
    const named =
      /(?<![\w./<-])(?:src|test|docs|scripts|bench|resources|bin)\/[a-z0-9./_-]+\.[a-z]+(?![\w<*])/g;
    const missing = pages.flatMap((page) =>
      [...read(page).matchAll(named)]
        .map(([file]) => file)
        .filter((file) => !existsSync(path.join(repository, file)))
        .map((file) => `${page}: ${file}`),
    );
    expect(missing).toEqual([]);
  });

  it('say of each command what it does', () => {
    const rows = [...read('README.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, usage = '']) => usage);
    const names = commands.map(({ name }) => name);
    expect(names.filter((name) => !rows.some((row) => `${row} `.startsWith(`${name} `)))).toEqual([]);
    expect(rows.filter((row) => !names.some((name) => `${row} `.startsWith(`${name} `)))).toEqual([]);
  });

  it('have one for each format', () => {
    const expected = formats.map(({ id }) => `docs/formats/${id}.md`);
    expect(expected.filter((page) => !files.includes(page))).toEqual([]);
  });

  it('have one for each recipe, or a row of its own in the page of its kind', () => {
    const rows = ['classifiers', 'ensemble'].map((page) => read(`docs/science/${page}.md`)).join('\n');
    const described = (id: string): boolean =>
      files.includes(`docs/science/${id}.md`) || rows.includes(`\n| \`${id}\` | `);
    expect(recipeCards.map(({ id }) => id).filter((id) => !described(id))).toEqual([]);
  });

  it('say how to add whatever is kept in a list, and name the list', () => {
    const lists = {
      'add-a-recipe': 'src/engine/recipes/list.ts',
      'add-a-format': 'src/formats/list.ts',
      'add-a-tool': 'src/editor/tools/list.ts',
      'add-a-migration': 'src/main/db/migrations/',
      'add-a-command': 'src/main/cli/commands/list.ts',
      'add-a-key-preset': 'src/editor/presets/list.ts',
      'add-a-language': 'src/renderer/ui/messages.ts',
    };
    const contributing = read('CONTRIBUTING.md');
    for (const [page, list] of Object.entries(lists)) {
      expect(read(`docs/how-to/${page}.md`)).toContain(list);
      expect(contributing).toContain(`docs/how-to/${page}.md`);
    }
    expect(tools.length).toBeGreaterThan(0);
  });

  it('tell the goal and the last figure of each benchmark', () => {
    const page = read('bench/README.md');
    expect(Object.keys(benches).filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

describe('what is committed', () => {
  const texts = files.filter((file) =>
    /\.(md|ts|tsx|mjs|js|cjs|json|ya?ml|css|html|py|txt|npmrc)$/.test(file),
  );

  it('names no folder of the machine it was written on', () => {
    const marks = [
      ['', 'work', 'main'].join('/'),
      ['', 'work', 'shared'].join('/'),
      ['', 'root', ''].join('/'),
    ];
    const found = texts.flatMap((file) =>
      marks.filter((mark) => read(file).includes(mark)).map((mark) => `${file}: ${mark}`),
    );
    expect(found).toEqual([]);
  });

  it('sends nobody to a private host', () => {
    const privateHost =
      /https?:\/\/(?:[\w-]+(?::\d+)?\/|[\w.-]+\.(?:internal|local|lan|corp)\b|10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/;
    const found = texts.filter((file) => {
      const text = read(file).replaceAll(/https?:\/\/(?:localhost|127\.0\.0\.1|PORT)/g, '');
      return privateHost.test(text) && !file.startsWith('test/');
    });
    expect(found).toEqual([]);
    const hosts = [...read('package-lock.json').matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map(
      ([, host]) => host,
    );
    expect(hosts).toEqual([]);
  });
});
