/** What a person pointed at all at once: folders and files, each recognised by itself, files of one format and folder read together. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isAppErrorData } from '../../../core/errors.ts';
import { type DetectedFormat, detectFormat } from '../../../formats/detect.ts';
import type { FileTree, Format } from '../../../formats/format.ts';
import { formats } from '../../../formats/list.ts';
import { MANIFEST_NAME } from '../../../formats/manifest.ts';
import { isImagePath } from '../../../formats/text.ts';
import { openFiles, openFileTree } from './folder-tree.ts';

export interface ImportSource {
  /** What the report calls it. */
  readonly name: string;
  readonly files: FileTree;
  readonly chosen: DetectedFormat;
}

export interface ImportSources {
  readonly sources: readonly ImportSource[];
  /** Everything pointed at, photographs among it. */
  readonly all: FileTree;
  /** What holds no labels that anybody knows. */
  readonly leftAside: readonly string[];
}

/** More files of one ending than this are taken to be of one format: asking every format about each would take minutes. */
const mostAskedSingly = 64;

/** `named`: the format that a person chose for all. Throws `import/not-found`, or what detection says of the first where none holds labels. */
export async function findSources(
  paths: readonly string[],
  named: Format | undefined,
): Promise<ImportSources> {
  const places = await Promise.all(paths.map(async (one) => ({ one, isFolder: await isDirectory(one) })));
  const trees: { name: string; files: FileTree }[] = [];
  const single = new Map<string, string[]>();
  for (const { one, isFolder } of places) {
    if (isFolder) trees.push({ name: path.basename(one), files: await openFileTree(one) });
    else single.set(path.dirname(one), [...(single.get(path.dirname(one)) ?? []), path.basename(one)]);
  }
  for (const [folder, names] of single) trees.push(...(await splitFiles(folder, names)));
  const sources: ImportSource[] = [];
  const leftAside: string[] = [];
  let refusal: unknown;
  for (const { name, files } of trees) {
    try {
      const chosen =
        named === undefined
          ? await detectFormat(files, formats)
          : { format: named, confidence: 1, reason: 'it was named' };
      sources.push({ name, files, chosen });
    } catch (thrown) {
      if (!isAppErrorData(thrown)) throw thrown;
      refusal ??= thrown;
      leftAside.push(name);
    }
  }
  if (sources.length === 0) throw refusal;
  return { sources, all: joinTrees(trees.map(({ files }) => files)), leftAside };
}

async function isDirectory(place: string): Promise<boolean> {
  // One that is not there is told by whoever opens it.
  return stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Files of one folder, those of one format together. Photographs and what no format knows by itself (a list of classes, an empty label) go along with each. */
async function splitFiles(
  folder: string,
  names: readonly string[],
): Promise<{ name: string; files: FileTree }[]> {
  const [only] = names;
  if (names.length === 1 && only !== undefined)
    return [{ name: only, files: await openFileTree(path.join(folder, only)) }];
  // A description of a data set stands for the files beside it, whether or not they were pointed at.
  const index = names.find((name) => /\.(ya?ml|data)$/i.test(name));
  const rest = names.filter((name) => !/\.(ya?ml|data|names|txt)$/i.test(name));
  const whole =
    index === undefined ? [] : [{ name: index, files: await openFileTree(path.join(folder, index)) }];
  const byFormat = new Map<string, string[]>();
  const others: string[] = [];
  for (const group of groupToAsk(index === undefined ? names : rest)) {
    const id = isImagePath(group[0] ?? '') ? undefined : await askFormat(folder, group);
    if (id === undefined) others.push(...group);
    else byFormat.set(id, [...(byFormat.get(id) ?? []), ...group]);
  }
  const manifest = existsSync(path.join(folder, MANIFEST_NAME)) ? [MANIFEST_NAME] : [];
  const split = [...byFormat.values()].map((own) => ({
    name: own.length === 1 ? (own[0] ?? '') : `${own.length} files of ${path.basename(folder)}`,
    files: openFiles(folder, [...new Set([...own, ...others, ...manifest])]),
  }));
  if (split.length + whole.length > 0) return [...whole, ...split];
  return [{ name: `${names.length} files of ${path.basename(folder)}`, files: openFiles(folder, names) }];
}

/** Single files, or all of one ending where they are many. */
function groupToAsk(names: readonly string[]): string[][] {
  const byEnding = Map.groupBy(names, (name) => path.extname(name).toLowerCase());
  return [...byEnding.values()].flatMap((own) =>
    own.length > mostAskedSingly ? [own] : own.map((name) => [name]),
  );
}

async function askFormat(folder: string, names: readonly string[]): Promise<string | undefined> {
  try {
    return (await detectFormat(openFiles(folder, names), formats)).format.id;
  } catch (thrown) {
    if (isAppErrorData(thrown)) return undefined;
    throw thrown;
  }
}

function joinTrees(trees: readonly FileTree[]): FileTree {
  return {
    list: async function* () {
      for (const tree of trees) yield* tree.list();
    },
  };
}
