/** Finds the project's image that a label file means, by path, by the tail of a path, or by bare name; never guesses between two. */
import type { ImageRecord } from '../core/records.ts';

/** What a codec needs to know of an image: where it is and how large it is, upright and as stored. */
export type KnownImage = Pick<
  ImageRecord,
  'id' | 'path' | 'widthPx' | 'heightPx' | 'rawWidthPx' | 'rawHeightPx' | 'orientation'
>;

/** How a reference was understood, best first: same path; one path is the end of the other; only the name agrees. */
export type MatchKind = 'path' | 'tail' | 'name';

export type Resolution =
  | { readonly image: KnownImage; readonly kind: MatchKind }
  /** Why no image was chosen, as a sentence for the report. */
  | { readonly image: undefined; readonly why: string };

export interface ResolveOptions {
  /** References are paths without the image's extension, as YOLO label files give them. */
  readonly withoutExtension?: boolean;
  /** Different references may mean one image, as in NCFM where each class has its own file. Otherwise the best match wins alone. */
  readonly allowShared?: boolean;
}

export interface ImageLookup {
  readonly images: readonly KnownImage[];
  /** Resolves all references of a source together, so that two that claim one image are noticed. Keys are as given. */
  resolve(references: Iterable<string>, options?: ResolveOptions): Map<string, Resolution>;
  findById(id: string): KnownImage | undefined;
}

/** A lookup over the images of a project. Paths are compared NFC-normalised, with `/`, exact case first and then any case. */
export function createImageLookup(images: readonly KnownImage[]): ImageLookup {
  const byId = new Map(images.map((image) => [image.id, image]));
  let withExtension: PathIndex | undefined;
  let withoutExtension: PathIndex | undefined;
  return {
    images,
    findById: (id) => byId.get(id),
    resolve: (references, options = {}) => {
      if (options.withoutExtension === true) withoutExtension ??= new PathIndex(images, stripExtension);
      else withExtension ??= new PathIndex(images, (path) => path);
      const index = options.withoutExtension === true ? withoutExtension : withExtension;
      const found = new Map<string, Found>();
      for (const reference of references) {
        if (!found.has(reference))
          found.set(reference, index?.find(reference) ?? { why: 'no image is known' });
      }
      return options.allowShared === true ? plain(found) : settle(found);
    },
  };
}

/** The path in the form that is compared: `/` between parts, no leading `./`, `../`, drive or root, Unicode composed. */
export function normalisePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.normalize('NFC').replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else if (parts.length > 0 || !/^[A-Za-z]:$/.test(part)) parts.push(part);
  }
  return parts.join('/');
}

/** The path without the ending of its last part; a leading dot is part of the name. */
export function stripExtension(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? path.slice(0, dot) : path;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path without its last part; empty for a bare name. */
export function dirName(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** True for a path inside a folder at any depth; everything is below the root `''`. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

type Found =
  | { readonly image: KnownImage; readonly kind: MatchKind; readonly parts: number }
  | { readonly why: string; readonly image?: undefined };

const MANY = Symbol('several images');

/** Every ending of every path, so that the longest common ending is found without scanning. */
class PathIndex {
  readonly #whole = new Map<string, KnownImage | typeof MANY>();
  readonly #tails = new Map<string, KnownImage | typeof MANY>();
  readonly #lowerTails = new Map<string, KnownImage | typeof MANY>();
  readonly #depth = new Map<string, number>();
  readonly #key: (path: string) => string;

  constructor(images: readonly KnownImage[], key: (path: string) => string) {
    this.#key = key;
    for (const image of images) {
      const path = key(normalisePath(image.path));
      const parts = path.split('/');
      this.#depth.set(image.id, parts.length);
      put(this.#whole, path, image);
      for (let k = 1; k <= parts.length; k++) {
        const tail = parts.slice(-k).join('/');
        put(this.#tails, tail, image);
        put(this.#lowerTails, tail.toLowerCase(), image);
      }
    }
  }

  find(reference: string): Found {
    const path = normalisePath(reference);
    const whole = this.#whole.get(path);
    if (whole !== undefined && whole !== MANY) {
      return { image: whole, kind: 'path', parts: this.#depth.get(whole.id) ?? 1 };
    }
    const parts = path.split('/');
    for (let k = parts.length; k >= 1; k--) {
      const tail = parts.slice(-k).join('/');
      const exact = this.#tails.get(tail);
      const hit = exact ?? this.#lowerTails.get(tail.toLowerCase());
      if (hit === undefined) continue;
      if (hit === MANY)
        return {
          why: `several images of the project end in “${this.#key(tail)}”, so which is meant is not known`,
        };
      const isTail = k === parts.length || k === this.#depth.get(hit.id);
      return { image: hit, kind: isTail ? 'tail' : 'name', parts: k };
    }
    return { why: 'the project has no such image' };
  }
}

function put(map: Map<string, KnownImage | typeof MANY>, key: string, image: KnownImage): void {
  map.set(key, map.has(key) ? MANY : image);
}

function plain(found: ReadonlyMap<string, Found>): Map<string, Resolution> {
  return new Map(
    [...found].map(([reference, f]) => [
      reference,
      f.image === undefined ? { image: undefined, why: f.why } : { image: f.image, kind: f.kind },
    ]),
  );
}

const ranks: Readonly<Record<MatchKind, number>> = { path: 2, tail: 1, name: 0 };

/** When several references claim one image, only the best keeps it; between equals nobody does. */
function settle(found: ReadonlyMap<string, Found>): Map<string, Resolution> {
  const best = new Map<string, { rank: number; count: number; reference: string }>();
  const rankOf = (f: Extract<Found, { kind: MatchKind }>): number => ranks[f.kind] * 1000 + f.parts;
  for (const [reference, f] of found) {
    if (f.image === undefined) continue;
    const held = best.get(f.image.id);
    const rank = rankOf(f);
    if (held === undefined || rank > held.rank) best.set(f.image.id, { rank, count: 1, reference });
    else if (rank === held.rank) held.count++;
  }
  const result = plain(found);
  for (const [reference, f] of found) {
    if (f.image === undefined) continue;
    const held = best.get(f.image.id);
    if (held === undefined || (held.count === 1 && held.reference === reference)) continue;
    const why =
      held.count > 1
        ? `more than one entry could mean the image “${f.image.path}”, so neither was taken`
        : `the image “${f.image.path}” is named more exactly by “${held.reference}”`;
    result.set(reference, { image: undefined, why });
  }
  return result;
}
