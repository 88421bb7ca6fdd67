/** Keys of COCO annotations that the studio has no field for, kept as attributes of a box and written back. */
import type { BoxRecord } from '../core/records.ts';
import { isObject } from './text.ts';

type Attributes = BoxRecord['attributes'];

/** Keys the codec itself reads and writes. */
const own = new Set([
  'id',
  'image_id',
  'category_id',
  'bbox',
  'area',
  'iscrowd',
  'segmentation',
  'score',
  'keypoints',
  'num_keypoints',
  'attributes',
  'segments_info',
]);

/** Prefix of attributes that were top-level keys of an annotation; `json` ones hold lists or objects as JSON text. */
const TOP = 'coco.';
const TOP_JSON = 'coco-json.';

/** Shared by all annotations that say nothing more: a million empty objects are memory, too. */
const none: Attributes = Object.freeze({});

/** Everything an annotation says beyond box, class and score. `keepScore`: a score outside 0..1 is kept here; `onLost` is told of a value that cannot be. */
export function readAttributes(
  annotation: Record<string, unknown>,
  keep: { crowd: boolean; keepScore: boolean; onLost: () => void },
): Attributes {
  const entries: [string, string | number | boolean][] = [];
  const add = (key: string, value: unknown): void => {
    const kept = isScalar(value) ? value : drawJson(value);
    if (kept === undefined) keep.onLost();
    else entries.push([key, kept]);
  };
  if (isObject(annotation.attributes))
    for (const [key, value] of Object.entries(annotation.attributes)) add(key, value);
  for (const [key, value] of Object.entries(annotation))
    if (!own.has(key)) add((isScalar(value) ? TOP : TOP_JSON) + key, value);
  if (keep.crowd) entries.push([`${TOP}iscrowd`, 1]);
  if (keep.keepScore) entries.push([`${TOP}score`, Number(annotation.score)]);
  // fromEntries defines own properties, so that a key such as "__proto__" stays a key.
  return entries.length === 0 ? none : Object.fromEntries(entries);
}

/** The inverse: attributes as top-level keys and as `attributes`, ready to be spread into an annotation. */
export function writeAttributes(attributes: Attributes): { iscrowd: 0 | 1; extra: Record<string, unknown> } {
  const top: [string, unknown][] = [];
  const rest: [string, unknown][] = [];
  let iscrowd: 0 | 1 = 0;
  for (const [key, value] of Object.entries(attributes)) {
    const name = key.startsWith(TOP) ? key.slice(TOP.length) : undefined;
    const json =
      key.startsWith(TOP_JSON) && typeof value === 'string' ? key.slice(TOP_JSON.length) : undefined;
    if (name === 'iscrowd' && value === 1) iscrowd = 1;
    else if (name !== undefined && !own.has(name)) top.push([name, value]);
    else if (json !== undefined && !own.has(json)) top.push([json, parseOrText(String(value))]);
    else rest.push([key, value]);
  }
  const extra = Object.fromEntries(top);
  if (rest.length > 0) extra.attributes = Object.fromEntries(rest);
  return { iscrowd, extra };
}

/** The value as JSON; undefined for one so deep that writing it would take more than the stack. */
function drawJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

/** JSON text as what it holds; text that is no JSON (edited by hand) as itself. */
function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
