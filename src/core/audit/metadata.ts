/** What is known of photographs besides their pixels: columns of tables that a person brings, a value a photograph at most. */
import { z } from 'zod';

/** Columns a project may have. Each is a suspect of the leak test, and the more there are the less sure each verdict is. */
export const mostColumns = 24;

/** Column → value as it was written. A column without a value for this photograph is missing. */
export const metadataSchema = z.record(z.string().min(1).max(60), z.string().min(1).max(200));
export type Metadata = z.infer<typeof metadataSchema>;

export const metadataColumnSchema = z.object({
  name: z.string(),
  /** `number`: all values are numbers, and more than a handful of them; else they are names that are equal or not. */
  kind: z.enum(['name', 'number']),
  /** Photographs with a value. */
  known: z.number().int(),
  distinct: z.number().int(),
  /** The commonest values, at most five. */
  examples: z.array(z.string()),
});
export type MetadataColumn = z.infer<typeof metadataColumnSchema>;

/** Up to so many different numbers are names: vessel 3 is not a little more than vessel 2. */
const mostNumberNames = 12;

/** Spellings of "not known". */
const unknownSpellings = new Set(['', 'na', 'n/a', '#n/a', 'nan', 'null']);

/** The value of a cell; undefined where it says that nothing is known. At most 200 characters are kept. */
export function readValue(cell: string | undefined): string | undefined {
  const text = (cell ?? '').trim();
  return unknownSpellings.has(text.toLowerCase()) ? undefined : text.slice(0, 200);
}

/** The number that a value is; undefined for a name. */
export function toNumber(value: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Values with how many have them, the commonest first; of equally common ones the smaller text first. */
export function countValues(
  values: readonly string[],
): { readonly value: string; readonly images: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, images]) => ({ value, images }))
    .sort((a, b) => b.images - a.images || (a.value < b.value ? -1 : 1));
}

/** Whether values are numbers or names. */
export function kindOf(values: readonly string[]): MetadataColumn['kind'] {
  const different = new Set(values);
  return different.size > mostNumberNames && [...different].every((value) => toNumber(value) !== undefined)
    ? 'number'
    : 'name';
}

/** The columns that any of these photographs has, in the order of the alphabet. */
export function describeColumns(
  images: readonly { readonly metadata?: Metadata | null | undefined }[],
): MetadataColumn[] {
  const valuesOf = new Map<string, string[]>();
  for (const { metadata } of images)
    for (const [name, value] of Object.entries(metadata ?? {})) {
      const known = valuesOf.get(name);
      if (known === undefined) valuesOf.set(name, [value]);
      else known.push(value);
    }
  return [...valuesOf]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => {
      const counted = countValues(values);
      return {
        name,
        kind: kindOf(values),
        known: values.length,
        distinct: counted.length,
        examples: counted.slice(0, 5).map(({ value }) => value),
      };
    });
}
