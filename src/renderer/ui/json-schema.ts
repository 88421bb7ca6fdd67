/** Reads the fields of a form out of JSON Schema, as zod writes it for recipes and formats. */

export interface Field {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** `model`, `models`: a trained model's id, or several with commas between. `file`: the path of one. */
  readonly kind: 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'model' | 'models' | 'file';
  /** A value that somebody might choose; null where none is given. */
  readonly example: string | null;
  /** What a model chosen here must say, in the words of whoever wrote the schema; null where nothing is asked. */
  readonly says: string | null;
  readonly choices: readonly string[];
  readonly min: number | null;
  readonly max: number | null;
  /** Values must be a multiple of this; null where nothing is asked. */
  readonly multipleOf: number | null;
  /** The value when nothing is chosen. */
  readonly fallback: unknown;
}

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const asNumber = (value: unknown): number | null =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;

/** The fields of an object schema, in its order. Kinds that a form cannot draw are left out: they keep their defaults. */
export function readFields(schema: Json): Field[] {
  const properties = schema.properties;
  if (!isJson(properties)) return [];
  return Object.entries(properties).flatMap(([name, value]) => {
    const field = isJson(value) ? readField(name, value) : null;
    return field === null ? [] : [field];
  });
}

const pickKinds = ['model', 'models', 'file'] as const;

function readField(name: string, schema: Json): Field | null {
  const choices = readChoices(schema);
  const picks = pickKinds.find((one) => one === schema.picks) ?? null;
  const kind = choices.length > 0 ? 'choice' : (picks ?? kindOf(schema.type));
  if (kind === null) return null;
  return {
    name,
    title: typeof schema.title === 'string' ? schema.title : humanName(name),
    description: typeof schema.description === 'string' ? schema.description : '',
    kind,
    example: readExample(schema.examples),
    says: typeof schema.says === 'string' ? schema.says : null,
    choices,
    min: asNumber(schema.minimum) ?? asNumber(schema.exclusiveMinimum),
    max: asNumber(schema.maximum) ?? asNumber(schema.exclusiveMaximum),
    multipleOf: asNumber(schema.multipleOf),
    fallback: schema.default,
  };
}

function readExample(examples: unknown): string | null {
  const first: unknown = Array.isArray(examples) ? examples[0] : null;
  return typeof first === 'string' || typeof first === 'number' ? String(first) : null;
}

function readChoices(schema: Json): string[] {
  const listed =
    schema.enum ??
    (Array.isArray(schema.anyOf) ? schema.anyOf.map((one) => (isJson(one) ? one.const : null)) : []);
  if (!Array.isArray(listed)) return [];
  return listed.every((choice) => typeof choice === 'string') ? listed : [];
}

function kindOf(type: unknown): Field['kind'] | null {
  if (type === 'string') return 'text';
  return type === 'number' || type === 'integer' || type === 'boolean' ? type : null;
}

/** `learningRate` as `Learning rate`, `as-marked` as `As marked`. */
export function humanName(name: string): string {
  const spaced = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
