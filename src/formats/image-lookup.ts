/** Finds the project's image that a label file means, by path, by the tail of a path, or by bare name; never guesses between two. */
import type { ImageRecord } from '../core/records.ts';

/** What a codec needs to know of an image: where it is and how large it is, upright and as stored. */
export type KnownImage = Pick<
  ImageRecord,
  'id' | 'path' | 'widthPx' | 'heightPx' | 'rawWidthPx' | 'rawHeightPx' | 'orientation'
>;

/** How a reference was understood: same path; one path is the end of the other; only the name agrees; or another name for the same bytes. */
export type MatchKind = 'path' | 'tail' | 'name' | 'content';

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
  /** References met so far that several images fit equally, with those images' paths; at most 100. */
  listAmbiguous(): { readonly reference: string; readonly paths: readonly string[] }[];
}

/** What helps where paths and names alone do not. */
export interface LookupHints {
  /** A folder of the project: of several images that fit equally, the one below it is meant. */
  readonly within?: string;
  /** Paths of photographs in the source whose bytes are those of an image of the project: path → image id. */
  readonly sameBytes?: ReadonlyMap<string, string>;
}

const MAX_AMBIGUOUS = 100;

/** A lookup over the images of a project. Paths are compared NFC-normalised, with `/`, exact case first and then any case. */
export function createImageLookup(images: readonly KnownImage[], hints: LookupHints = {}): ImageLookup {
  let ids: Map<string, KnownImage> | undefined;
  const findById = (id: string): KnownImage | undefined => {
    ids ??= new Map(images.map((image) => [image.id, image]));
    return ids.get(id);
  };
  const withExtension = createFinder(images, findById, hints, (path) => path);
  const withoutExtension = createFinder(images, findById, hints, stripExtension);
  const ambiguous = new Map<string, readonly string[]>();
  return {
    images,
    findById,
    listAmbiguous: () => [...ambiguous].map(([reference, paths]) => ({ reference, paths })),
    resolve: (references, options = {}) => {
      const find = options.withoutExtension === true ? withoutExtension : withExtension;
      const found = new Map<string, Found>();
      for (const reference of references) {
        if (found.has(reference)) continue;
        const hit = find(reference);
        found.set(reference, hit);
        // A codec that asks again without the ending means the same image.
        const isNew = (tail: string): boolean =>
          ambiguous.size < MAX_AMBIGUOUS &&
          tail !== '' &&
          ![...ambiguous.keys()].some((known) => stripExtension(known) === reference);
        if (hit.image === undefined && hit.tail !== undefined && isNew(hit.tail))
          ambiguous.set(reference, listEnding(images, hit.tail, options.withoutExtension === true));
      }
      return options.allowShared === true ? found : settle(found);
    },
  };
}

/** Looks among all images, then below the folder that was named, then by bytes. Indexes are made when first needed. */
function createFinder(
  images: readonly KnownImage[],
  findById: (id: string) => KnownImage | undefined,
  { within, sameBytes }: LookupHints,
  key: (path: string) => string,
): (reference: string) => Found {
  let all: PathIndex | undefined;
  let inside: PathIndex | undefined;
  let bytes: PathIndex | undefined;
  return (reference) => {
    all ??= new PathIndex(images, key);
    const found = all.find(reference);
    if (found.image !== undefined) return found;
    if (within !== undefined && found.tail !== undefined) {
      const folder = normalisePath(within);
      inside ??= new PathIndex(
        images.filter(({ path }) => isBelow(normalisePath(path), folder)),
        key,
      );
      const chosen = inside.find(reference);
      if (chosen.image !== undefined) return chosen;
    }
    if (sameBytes === undefined) return found;
    bytes ??= new PathIndex(
      [...sameBytes].flatMap(([path, id]) => {
        const image = findById(id);
        return image === undefined ? [] : [{ ...image, path }];
      }),
      key,
    );
    const same = bytes.find(reference);
    const image = findById(same.image?.id ?? '');
    return image === undefined ? found : { image, kind: 'content', parts: 0 };
  };
}

/** Paths of images that end so; a handful is enough to ask a person about. */
function listEnding(images: readonly KnownImage[], tail: string, withoutExtension: boolean): string[] {
  const wanted = tail.toLowerCase();
  const paths: string[] = [];
  for (const { path } of images) {
    const plainPath = (
      withoutExtension ? stripExtension(normalisePath(path)) : normalisePath(path)
    ).toLowerCase();
    if (plainPath !== wanted && !plainPath.endsWith(`/${wanted}`)) continue;
    paths.push(path);
    if (paths.length === 10) break;
  }
  return paths;
}

/** The path in the form that is compared: `/` between parts, no leading `./`, `../`, drive or root, Unicode composed. */
export function normalisePath(path: string): string {
  if (isPlainPath(path)) return path;
  const parts: string[] = [];
  for (const part of path.normalize('NFC').replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else if (parts.length > 0 || !/^[A-Za-z]:$/.test(part)) parts.push(part);
  }
  return parts.join('/');
}

/** True for paths that are in that form already, as nearly all are: signs of ASCII, no `\\`, and no part that is empty, begins or ends with a dot, or is a drive. */
function isPlainPath(path: string): boolean {
  let before = SLASH;
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c > 0x7e || c === BACKSLASH || c === COLON) return false;
    if (before === SLASH && (c === SLASH || c === DOT)) return false;
    before = c;
  }
  return before !== SLASH && before !== DOT;
}

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const DOT = 0x2e;

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
  /** `tail`: the ending that several images share. */
  | { readonly why: string; readonly image: undefined; readonly tail?: string };

const MANY = Symbol('several images');

/** The images that share an ending in any case, told apart by case and by whether the ending is all of the path. */
interface Sharers {
  readonly exact: Map<string, KnownImage | typeof MANY>;
  readonly whole: Map<string, KnownImage | typeof MANY>;
}

/** Every ending of every path, in lower case, so that the longest common ending is found without scanning. One map, since a project may have millions of endings. */
class PathIndex {
  readonly #tails = new Map<string, KnownImage | Sharers>();
  readonly #key: (path: string) => string;

  constructor(images: readonly KnownImage[], key: (path: string) => string) {
    this.#key = key;
    for (const image of images) {
      const path = this.#pathOf(image);
      for (const tail of listTails(path)) this.#put(tail, path, image);
    }
  }

  find(reference: string): Found {
    const path = normalisePath(reference);
    const whole = this.#findWhole(path);
    if (whole !== undefined) return { image: whole, kind: 'path', parts: countParts(path) };
    for (const tail of listTails(path)) {
      const held = this.#tails.get(tail.toLowerCase());
      if (held === undefined) continue;
      const hit = isSharers(held) ? (held.exact.get(tail) ?? MANY) : held;
      if (hit === MANY)
        return {
          image: undefined,
          why: `several images of the project end in “${this.#key(tail)}”, so which is meant is not known`,
          tail,
        };
      const parts = countParts(tail);
      const isTail = tail === path || parts === countParts(this.#pathOf(hit));
      return { image: hit, kind: isTail ? 'tail' : 'name', parts };
    }
    return noSuchImage;
  }

  #pathOf(image: KnownImage): string {
    return this.#key(normalisePath(image.path));
  }

  #findWhole(path: string): KnownImage | undefined {
    const held = this.#tails.get(path.toLowerCase());
    if (held === undefined) return undefined;
    if (!isSharers(held)) return this.#pathOf(held) === path ? held : undefined;
    const hit = held.whole.get(path);
    return hit === MANY ? undefined : hit;
  }

  #put(tail: string, path: string, image: KnownImage): void {
    const key = tail.toLowerCase();
    const held = this.#tails.get(key);
    if (held === undefined) {
      this.#tails.set(key, image);
      return;
    }
    const sharers: Sharers = isSharers(held) ? held : { exact: new Map(), whole: new Map() };
    if (!isSharers(held)) {
      const first = this.#pathOf(held);
      const own = listTails(first).find((other) => other.toLowerCase() === key) ?? first;
      share(sharers, own, first, held);
      this.#tails.set(key, sharers);
    }
    share(sharers, tail, path, image);
  }
}

function share({ exact, whole }: Sharers, tail: string, path: string, image: KnownImage): void {
  exact.set(tail, exact.has(tail) ? MANY : image);
  if (tail === path) whole.set(path, whole.has(path) ? MANY : image);
}

function isSharers(held: KnownImage | Sharers): held is Sharers {
  return 'exact' in held;
}

const noSuchImage: Found = { image: undefined, why: 'the project has no such image' };

/** The path, then without its first part, and so on to the name alone. */
function listTails(path: string): string[] {
  const tails = [path];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    tails.push(path.slice(slash + 1));
  return tails;
}

function countParts(path: string): number {
  let parts = 1;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) parts++;
  return parts;
}

const ranks: Readonly<Record<MatchKind, number>> = { content: 3, path: 2, tail: 1, name: 0 };

/** When several references claim one image, only the best keeps it; between equals nobody does. Changes `found`. */
function settle(found: Map<string, Found>): Map<string, Resolution> {
  const best = new Map<string, { rank: number; count: number; reference: string }>();
  let isContested = false;
  for (const [reference, f] of found) {
    if (f.image === undefined) continue;
    const held = best.get(f.image.id);
    const rank = ranks[f.kind] * 1000 + f.parts;
    isContested ||= held !== undefined;
    if (held === undefined || rank > held.rank) best.set(f.image.id, { rank, count: 1, reference });
    else if (rank === held.rank) held.count++;
  }
  if (!isContested) return found;
  for (const [reference, f] of found) {
    if (f.image === undefined) continue;
    const held = best.get(f.image.id);
    if (held === undefined || (held.count === 1 && held.reference === reference)) continue;
    const why =
      held.count > 1
        ? `more than one entry could mean the image “${f.image.path}”, so neither was taken`
        : `the image “${f.image.path}” is named more exactly by “${held.reference}”`;
    found.set(reference, { image: undefined, why });
  }
  return found;
}
