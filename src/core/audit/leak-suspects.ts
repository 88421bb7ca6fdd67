/** What a model must not need: facts of a photograph from which the class may be told without looking at the fish, as columns of numbers. */
import { sizeClue } from '../metrics-baseline.ts';
import { folderOf, namePattern, seriesNumber } from './image-facts.ts';
import type { Design } from './logistic.ts';
import { describeColumns, type Metadata, toNumber } from './metadata.ts';

/** One labelled photograph with all that is suspected. */
export interface SuspectImage {
  readonly path: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly camera: string | null;
  readonly tables: string | null;
  readonly capturedAtMs: number | null;
  /** Numbers of one length each; null where there are none. */
  readonly border: readonly number[] | null;
  readonly background: readonly number[] | null;
  readonly features: readonly number[] | null;
  /** Column → value of tables that a person imported. */
  readonly metadata?: Metadata | null;
}

export const suspectIds = [
  'pixel-size',
  'camera',
  'name',
  'time',
  'border',
  'background',
  'features',
  /** An imported column; which one is said beside it. */
  'column',
] as const;
export type SuspectId = (typeof suspectIds)[number];

/** Facts as they are: names that are equal or not, or numbers. Null: nothing is known of this image. */
type Reading =
  | { readonly kind: 'names'; readonly of: readonly (readonly string[])[] }
  | { readonly kind: 'numbers'; readonly of: readonly (readonly number[] | null)[] };

/** How a fact of the training side is made into columns, for any image. */
export interface Encoder {
  /** `rows`: indices of the images. */
  encode(rows: readonly number[]): Design;
}

export interface Suspect {
  readonly id: SuspectId;
  /** Name of the imported column, for `column`. */
  readonly column?: string;
  /** How strongly the model may lean on it; see `logistic.ts`. */
  readonly strength: number;
  /** Different names, or how many numbers an image has. */
  readonly facts: number;
  /** Learns names, means and deviations from those rows alone. */
  learn(rows: readonly number[]): Encoder;
}

/** More names than this are too many to learn from; the rarest share one column. */
const mostNames = 40;
const tenths = 10;

/** The suspects that these images allow: a fact that is the same for all, or known of fewer than half, can tell nothing. */
export function listSuspects(images: readonly SuspectImage[]): Suspect[] {
  const own = suspectIds.filter((id) => id !== 'column').map((id) => ({ id, reading: read(id, images) }));
  const columns = describeColumns(images).map(({ name, kind }) => ({
    id: 'column' as const,
    column: name,
    reading: readColumn(name, kind, images),
  }));
  return [...own, ...columns].flatMap((suspect): Suspect[] => {
    const { reading } = suspect;
    const facts = countFacts(reading);
    if (facts < (reading.kind === 'names' ? 2 : 1)) return [];
    const strength = reading.kind === 'names' ? 0.1 : 0.15;
    return [
      {
        id: suspect.id,
        ...('column' in suspect && { column: suspect.column }),
        strength,
        facts,
        learn: (rows) =>
          reading.kind === 'names' ? learnNames(reading.of, rows) : learnNumbers(reading.of, rows),
      },
    ];
  });
}

function countFacts(reading: Reading): number {
  if (reading.kind === 'names') return new Set(reading.of.map((names) => names.join('\n'))).size;
  const known = reading.of.filter((values) => values !== null);
  if (known.length * 2 < reading.of.length) return 0;
  const first = known[0] ?? [];
  return first.filter((value, d) => known.some((other) => other[d] !== value)).length;
}

function read(id: Exclude<SuspectId, 'column'>, images: readonly SuspectImage[]): Reading {
  switch (id) {
    case 'pixel-size':
      return { kind: 'names', of: images.map((image) => [`size ${sizeClue(image)}`]) };
    case 'camera':
      return {
        kind: 'names',
        of: images.map(({ camera, tables }) => [
          `camera ${camera ?? 'unknown'}`,
          `tables ${tables ?? 'none'}`,
        ]),
      };
    case 'name': {
      const part = intoTenths(images.map(({ path }) => seriesNumber(path)));
      return {
        kind: 'names',
        of: images.map(({ path }, i) => [
          `folder ${folderOf(path)}`,
          `pattern ${namePattern(path)}`,
          `number ${part[i]}`,
        ]),
      };
    }
    case 'time': {
      if (images.filter(({ capturedAtMs }) => capturedAtMs !== null).length * 2 < images.length)
        return { kind: 'names', of: images.map(() => []) };
      const part = intoTenths(images.map(({ capturedAtMs }) => capturedAtMs));
      return {
        kind: 'names',
        of: images.map(({ capturedAtMs }, i) => [
          capturedAtMs === null
            ? 'hour unknown'
            : `hour ${Math.floor(new Date(capturedAtMs).getUTCHours() / 3) * 3}`,
          `period ${part[i]}`,
        ]),
      };
    }
    case 'border':
      return { kind: 'numbers', of: images.map(({ border }) => border) };
    case 'background':
      return { kind: 'numbers', of: images.map(({ background }) => background) };
    case 'features':
      return { kind: 'numbers', of: images.map(({ features }) => features) };
  }
}

/** Numbers by tenths, so that a hump is seen as well as a slope; what a photograph has no value of is a fact too. */
function readColumn(name: string, kind: 'name' | 'number', images: readonly SuspectImage[]): Reading {
  const values = images.map(({ metadata }) => metadata?.[name] ?? null);
  const parts =
    kind === 'number'
      ? intoTenths(values.map((value) => (value === null ? null : (toNumber(value) ?? null))))
      : values.map((value) => value ?? 'none');
  return { kind: 'names', of: parts.map((part) => [`value ${part}`]) };
}

/** Which tenth of all an ordered value lies in; no labels are needed for it, so it is done once. `none` for what has no value. */
function intoTenths(values: readonly (number | null)[]): string[] {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const cuts = Array.from(
    { length: tenths - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / tenths)] ?? 0,
  );
  return values.map((value) => (value === null ? 'none' : String(cuts.filter((cut) => value >= cut).length)));
}

function learnNames(of: readonly (readonly string[])[], rows: readonly number[]): Encoder {
  const counts = new Map<string, number>();
  for (const row of rows) for (const name of of[row] ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  // What all share, or only one has, tells nothing of others.
  const useful = [...counts].filter(([, n]) => n > 1 && n < rows.length).sort((a, b) => b[1] - a[1]);
  const columnOf = new Map(useful.slice(0, mostNames).map(([name], column) => [name, column]));
  const columns = columnOf.size;
  return {
    encode: (wanted) => {
      // Photographs with the same names share a row.
      const places = new Map<string, { readonly row: number; readonly known: readonly number[] }>();
      const rowOf = Int32Array.from(wanted, (item) => {
        const known = (of[item] ?? []).flatMap((name) => columnOf.get(name) ?? []);
        const key = known.join();
        const place = places.get(key) ?? { row: places.size, known };
        places.set(key, place);
        return place.row;
      });
      const values = new Float64Array(places.size * columns);
      for (const { row, known } of places.values())
        for (const column of known) values[row * columns + column] = 1;
      return { values, columns, rows: places.size, rowOf };
    },
  };
}

/** Standard scores, divided by the root of their number: then the ridge weighs the same however many there are. */
function learnNumbers(of: readonly (readonly number[] | null)[], rows: readonly number[]): Encoder {
  const known = rows.flatMap((row) => {
    const values = of[row];
    return values === null || values === undefined ? [] : [values];
  });
  const columns = known[0]?.length ?? 0;
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  for (const values of known)
    for (let d = 0; d < columns; d++) mean[d] = (mean[d] as number) + (values[d] ?? 0) / known.length;
  for (const values of known)
    for (let d = 0; d < columns; d++)
      deviation[d] = (deviation[d] as number) + ((values[d] ?? 0) - (mean[d] as number)) ** 2 / known.length;
  const root = Math.sqrt(Math.max(1, columns));
  return {
    encode: (wanted) => {
      const out = new Float64Array(wanted.length * columns);
      wanted.forEach((row, r) => {
        const values = of[row];
        // An image without values is an average one.
        if (values === null || values === undefined) return;
        for (let d = 0; d < columns; d++) {
          const spread = Math.sqrt(deviation[d] as number);
          if (spread > 1e-9)
            out[r * columns + d] =
              Math.max(-4, Math.min(4, ((values[d] ?? 0) - (mean[d] as number)) / spread)) * (2 / root);
        }
      });
      return { values: out, columns, rows: wanted.length };
    },
  };
}
