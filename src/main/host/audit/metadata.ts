/** Columns of a person's own tables: read from a CSV, kept with the photographs as a gesture that undo takes back. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AuditApi } from '../../../contract/audit.ts';
import { describeColumns, type Metadata, mostColumns } from '../../../core/audit/metadata.ts';
import { countOf } from '../../../core/count.ts';
import { AppError } from '../../../core/errors.ts';
import type { SourceFile } from '../../../formats/format.ts';
import { createImageLookup } from '../../../formats/image-lookup.ts';
import { type MetadataTable, readMetadataTable } from '../../../formats/metadata-table.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { changeMarks } from './change-marks.ts';

type MetadataArea = Pick<AuditApi, 'metadataColumns' | 'readMetadata' | 'importMetadata' | 'removeMetadata'>;

/** A table of a hundred thousand photographs has a few dozen megabytes. */
const mostBytes = 200e6;

export function createMetadataArea(context: HostContext): MetadataArea {
  return {
    metadataColumns: async () => describeColumns(context.session.require().db.images.listWithMetadata()),
    readMetadata: async ({ file, nameColumn }) => {
      const { values, ...table } = await readTable(context.session.require(), file, nameColumn);
      return { ...table, columns: [...table.columns], unmatched: [...table.unmatched], images: values.size };
    },
    importMetadata: async ({ gestureId, file, nameColumn, columns }) => {
      const project = context.session.require();
      const table = await readTable(project, file, nameColumn);
      const wanted = chooseColumns(project, table, columns);
      const images = project.db.images.listByIds([...table.values.keys()]);
      const marks = new Map(
        images.map(({ id, metadata }) => {
          const fresh = [...(table.values.get(id) ?? [])].filter(([name]) => wanted.has(name));
          return [id, { metadata: orNull({ ...without(metadata, wanted), ...Object.fromEntries(fresh) }) }];
        }),
      );
      const gesture = await changeMarks(
        context,
        project,
        {
          id: gestureId,
          label: `Import ${countOf(wanted.size, 'column')} from ${path.basename(file)}`,
          source: 'import',
        },
        marks,
      );
      const { rows, unmatchedRows, unmatched, contradictions } = table;
      return {
        gesture,
        columns: [...wanted],
        rows,
        images: table.values.size,
        unmatchedRows,
        unmatched: [...unmatched],
        contradictions,
      };
    },
    removeMetadata: async ({ gestureId, columns }) => {
      const project = context.session.require();
      const gone = new Set(columns);
      const marks = new Map(
        project.db.images
          .listWithMetadata()
          .filter(({ metadata }) => Object.keys(metadata ?? {}).some((name) => gone.has(name)))
          .map(({ id, metadata }) => [id, { metadata: orNull(without(metadata, gone)) }]),
      );
      return changeMarks(
        context,
        project,
        {
          id: gestureId,
          label: `Remove ${columns.length === 1 ? `column ${columns[0]}` : `${columns.length} columns`}`,
        },
        marks,
      );
    },
  };
}

function without(metadata: Metadata | null | undefined, gone: ReadonlySet<string>): Metadata {
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([name]) => !gone.has(name)));
}

/** A photograph of which nothing is known has no record, as before the first import. */
function orNull(metadata: Metadata): Metadata | null {
  return Object.keys(metadata).length === 0 ? null : metadata;
}

/** Columns to take: all that have a value, or those asked for. Throws `metadata/unknown-column` and `metadata/too-many-columns`. */
function chooseColumns(
  project: OpenProject,
  table: MetadataTable,
  asked: readonly string[] | undefined,
): Set<string> {
  const known = new Map(table.columns.map(({ name }) => [name.toLowerCase(), name]));
  const strange = (asked ?? []).filter((name) => !known.has(name.trim().toLowerCase()));
  if (strange.length > 0)
    throw new AppError({
      code: 'metadata/unknown-column',
      message: `The table has no column “${strange[0]}”. Nothing was imported.`,
      hint: `Its columns: ${table.columns.map(({ name }) => name).join(', ')}.`,
      details: { unknown: strange },
    });
  const wanted = new Set(
    asked?.map((name) => known.get(name.trim().toLowerCase()) ?? name) ??
      table.columns.filter(({ filled }) => filled > 0).map(({ name }) => name),
  );
  const present = describeColumns(project.db.images.listWithMetadata()).map(({ name }) => name);
  const total = new Set([...present, ...wanted]).size;
  if (total > mostColumns)
    throw new AppError({
      code: 'metadata/too-many-columns',
      message: `The project would have ${total} columns; it can have ${mostColumns}. Nothing was imported.`,
      hint: 'Choose the columns that matter, or remove some of those that are there.',
      details: { present, wanted: [...wanted] },
    });
  return wanted;
}

async function readTable(
  project: OpenProject,
  file: string,
  nameColumn: string | undefined,
): Promise<MetadataTable> {
  const source = await openSource(path.resolve(file));
  return readMetadataTable(source, createImageLookup(project.db.images.listAll()), nameColumn);
}

async function openSource(file: string): Promise<SourceFile> {
  let bytes: number;
  try {
    const facts = await stat(file);
    if (!facts.isFile()) throw new Error('not a file');
    bytes = facts.size;
  } catch (cause) {
    throw new AppError({
      code: 'metadata/not-found',
      message: `There is no file at ${file} that can be read, so no columns were imported.`,
      hint: 'Check the path, or choose the table again.',
      details: { path: file },
      cause,
    });
  }
  if (bytes > mostBytes)
    throw new AppError({
      code: 'metadata/too-large',
      message: `The table has ${Math.round(bytes / 1e6)} MB; up to ${mostBytes / 1e6} MB are read. Nothing was imported.`,
      hint: 'Save a table with the file names and the columns you want.',
      details: { path: file, bytes },
    });
  return {
    path: path.basename(file),
    bytes: () => readFile(file),
    stream: () => createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>,
  };
}
