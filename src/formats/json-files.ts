/** The JSON files of a tree that belong to a format; others are named in the report. */
import { AppError, toAppErrorData } from '../core/errors.ts';
import type { FileTree } from './format.ts';
import { baseName } from './image-lookup.ts';
import { MANIFEST_NAME } from './manifest.ts';
import type { ReportBuilder } from './report.ts';
import { hasExtension, parseJson } from './text.ts';

export interface JsonFile {
  readonly path: string;
  readonly json: unknown;
}

export interface JsonWanted {
  accepts(json: unknown): boolean;
  /** What is looked for, after "No": `JSON with the shapes of an image`. */
  readonly what: string;
  readonly hint: string;
}

/** Reads every JSON of the tree. Throws what is wrong with the first file, or `format/no-labels`, when none is accepted; else bad files go to the report. */
export async function loadJsonFiles(
  files: FileTree,
  report: ReportBuilder,
  { accepts, what, hint }: JsonWanted,
): Promise<JsonFile[]> {
  const found: JsonFile[] = [];
  const failures: { path: string; thrown: unknown }[] = [];
  for await (const file of files.list()) {
    const path = file.path.replaceAll('\\', '/');
    if (!hasExtension(path, '.json') || baseName(path) === MANIFEST_NAME) continue;
    try {
      const json = parseJson(path, await file.bytes());
      if (accepts(json)) found.push({ path, json });
      else report.note(`“${path}” is no ${what} and was left aside.`);
    } catch (thrown) {
      failures.push({ path, thrown });
    }
  }
  const [failure] = failures;
  if (found.length === 0 && failure !== undefined)
    throw new AppError({ ...toAppErrorData(failure.thrown), cause: failure.thrown });
  if (found.length === 0)
    throw new AppError({
      code: 'format/no-labels',
      message: `No ${what} was found, so nothing was imported.`,
      hint,
    });
  for (const { path, thrown } of failures) report.skip({ what: path, why: toAppErrorData(thrown).message });
  return found;
}
