/** Columns of a person's own tables as an input of a net: one-hots of names, standard scores of numbers. */
import { z } from 'zod';
import { countValues, describeColumns, kindOf, type Metadata, toNumber } from '../../core/audit/metadata.ts';
import { AppError } from '../../core/errors.ts';
import type { ImageFacts, TargetArray } from '../recipes/recipe.ts';

/** Names of a column that are told apart, the commonest first. */
const mostNames = 32;
/** Standard scores beyond this are as good as this. */
const mostDeviations = 4;

/** How a column is read, learnt from the training photographs alone and kept with the model. */
export const columnCodeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('name'), name: z.string(), values: z.array(z.string()).max(mostNames) }),
  z.object({ kind: z.literal('number'), name: z.string(), mean: z.number(), deviation: z.number() }),
]);
export type ColumnCode = z.infer<typeof columnCodeSchema>;

/**
 * Codes of the columns named in `asked` (commas between them, any case; `*` for all there are). Throws `recipe/unknown-column` when no
 * training photograph has a value in one of them.
 */
export function learnColumns(asked: string, metadata: readonly Metadata[]): ColumnCode[] {
  const known = describeColumns(metadata.map((own) => ({ metadata: own }))).map(({ name }) => name);
  const wanted = asked
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const names = wanted.includes('*')
    ? known
    : wanted.map((name) => {
        const found = known.find((other) => other.toLowerCase() === name.toLowerCase());
        if (found === undefined) throw unknownColumn(name, known);
        return found;
      });
  return [...new Set(names)].map((name): ColumnCode => {
    const values = metadata.flatMap((own) => own[name] ?? []);
    if (kindOf(values) === 'name')
      return {
        kind: 'name',
        name,
        values: countValues(values)
          .slice(0, mostNames)
          .map(({ value }) => value),
      };
    const numbers = values.flatMap((value) => toNumber(value) ?? []);
    const mean = numbers.reduce((sum, value) => sum + value / numbers.length, 0);
    const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2 / numbers.length, 0);
    return { kind: 'number', name, mean, deviation: Math.sqrt(variance) };
  });
}

/** Numbers a photograph. */
export function countColumnInputs(codes: readonly ColumnCode[]): number {
  return codes.reduce((sum, code) => sum + (code.kind === 'name' ? code.values.length : 2), 0);
}

/** `[n, countColumnInputs]`: zeros for names that training did not know; of a number its standard score and a 1 that it is known. */
export function writeColumnInput(codes: readonly ColumnCode[], images: readonly ImageFacts[]): TargetArray {
  const columns = countColumnInputs(codes);
  const data = new Float32Array(images.length * columns);
  images.forEach(({ metadata }, i) => {
    let at = i * columns;
    for (const code of codes) {
      const value = metadata?.[code.name];
      if (code.kind === 'name') {
        const known = value === undefined ? -1 : code.values.indexOf(value);
        if (known >= 0) data[at + known] = 1;
        at += code.values.length;
        continue;
      }
      const number = value === undefined ? undefined : toNumber(value);
      if (number !== undefined) {
        const score = code.deviation > 0 ? (number - code.mean) / code.deviation : 0;
        data[at] = Math.max(-mostDeviations, Math.min(mostDeviations, score));
        data[at + 1] = 1;
      }
      at += 2;
    }
  });
  return { data, shape: [images.length, columns] };
}

function unknownColumn(name: string, known: readonly string[]): AppError {
  return new AppError({
    code: 'recipe/unknown-column',
    message: `No photograph to train on has a value in the column “${name}”, so nothing was trained.`,
    hint:
      known.length === 0
        ? 'Import a table first: Data, Columns, or: catchlight metadata PROJECT FILE.'
        : `Columns that are there: ${known.join(', ')}.`,
    details: { column: name, known },
  });
}
