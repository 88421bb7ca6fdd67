/** Turns a codec with typed options into a {@link Format}: options are checked, refusals and read faults worded once. */
import { z } from 'zod';
import { AppError, isAppErrorData } from '../core/errors.ts';
import type { ExportResult, ExportSource, FileTree, Format, ImportedRecords } from './format.ts';
import type { ImageLookup } from './image-lookup.ts';
import { readManifestAlone } from './manifest-alone.ts';

interface TypedFormat<W extends z.ZodType, R extends z.ZodType>
  extends Omit<Format, 'canImport' | 'canExport' | 'options' | 'importOptions' | 'read' | 'write'> {
  readonly options?: W;
  readonly importOptions?: R;
  readonly read?: (files: FileTree, images: ImageLookup, options: z.infer<R>) => Promise<ImportedRecords>;
  readonly write?: (input: ExportSource, options: z.infer<W>) => ExportResult;
}

const none = z.object({});

/** A format that reads when it has `read`, writes when it has `write`. */
export function defineFormat<W extends z.ZodType = typeof none, R extends z.ZodType = typeof none>(
  codec: TypedFormat<W, R>,
): Format {
  const { read, write, options, importOptions, ...rest } = codec;
  return {
    ...rest,
    canImport: read !== undefined,
    canExport: write !== undefined,
    options: options ?? none,
    importOptions: importOptions ?? none,
    read: async (files, images, given) => {
      if (read === undefined) throw refuse(codec, 'read', 'format/export-only');
      try {
        return await read(files, images, parseOptions(codec, importOptions ?? none, given) as z.infer<R>);
      } catch (thrown) {
        const own = await readManifestAlone(codec.id, files, images, thrown);
        if (own !== undefined) return own;
        throw asReadFault(codec, thrown);
      }
    },
    write: (input, given) => {
      if (write === undefined) throw refuse(codec, 'written', 'format/import-only');
      return write(input, parseOptions(codec, options ?? none, given) as z.infer<W>);
    },
  };
}

type Titled = Pick<Format, 'id' | 'title'>;

function refuse(codec: Titled, verb: string, code: string): AppError {
  return new AppError({
    code,
    message: `${codec.title} cannot be ${verb} here, so nothing was done.`,
    hint: 'Choose another format from the list.',
    details: { format: codec.id },
  });
}

function parseOptions(codec: Titled, schema: z.ZodType, given: unknown): unknown {
  // A misspelt option that was passed over in silence would be found out only in the labels.
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
  const parsed = strict.safeParse(numbersAsText(schema, given ?? {}));
  if (parsed.success) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const unknown = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  );
  if (unknown.length > 0) throw refuseUnknown(codec, unknown, known);
  throw new AppError({
    code: 'format/options',
    message: `An option of ${codec.title} is not valid, so nothing was done: ${z.prettifyError(parsed.error)}`,
    hint: 'Correct the option, or leave it out to use its default.',
    details: { format: codec.id },
  });
}

/** The command line reads `x=2` as a number; where only text will do, such as the name of a column, it is taken as typed. */
function numbersAsText(schema: z.ZodType, given: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || typeof given !== 'object' || given === null) return given;
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  return Object.fromEntries(
    Object.entries(given).map(([key, value]: [string, unknown]) => {
      const part = Object.hasOwn(shape, key) ? shape[key] : undefined;
      const asText = typeof value === 'number' && part?.safeParse(value).success === false;
      return [key, asText ? String(value) : value];
    }),
  );
}

function refuseUnknown(codec: Titled, unknown: readonly string[], known: readonly string[]): AppError {
  const names = unknown.map((name) => `“${name}”`).join(', ');
  return new AppError({
    code: 'format/options',
    message: `${codec.title} has no option ${names} here, so nothing was done.`,
    hint:
      known.length === 0 ? 'Leave it out: there is nothing to choose.' : `Choose among: ${known.join(', ')}.`,
    details: { format: codec.id, unknown: [...unknown], known: [...known] },
  });
}

/** Faults of the file system keep their code; anything else that slips through a codec is told as a fault of the source. */
function asReadFault(codec: Titled, thrown: unknown): unknown {
  if (isAppErrorData(thrown)) return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown) return thrown;
  return new AppError({
    code: 'format/unreadable',
    message: `The labels could not be read as ${codec.title}, so nothing was imported: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    hint: 'Check that the files are whole, or choose another format.',
    details: { format: codec.id },
    cause: thrown,
  });
}
