/** Finds the project's image that a label file means, by path, by the tail of a path, or by bare name; never guesses between two. */
import type { ImageRecord } from '../core/records.ts';
import type { RecordList } from './format.ts';
import { PathIndex, type PathMatch } from './path-index.ts';

/** What a codec needs to know of an image: where it is and how large it is, upright and as stored. */
export type KnownImage = Pick<
  ImageRecord,
  'id' | 'path' | 'widthPx' | 'heightPx' | 'rawWidthPx' | 'rawHeightPx' | 'orientation'
>;

/** How a reference was understood: same path; one path is the end of the other; only the name agrees; or another name for the same bytes. */
export type MatchKind = PathMatch | 'content';

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
  /** The same in the order of a list, for hundreds of thousands: neither references nor answers are held as objects. References may be asked for again. */
  resolveList(references: RecordList<string>, options?: ResolveOptions): RecordList<Resolution>;
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
  let places: Map<string, number> | undefined;
  const placeOf = (id: string): number | undefined => {
    places ??= new Map(images.map((image, place) => [image.id, place]));
    return places.get(id);
  };
  const withExtension = createFinder(images, placeOf, hints, (path) => path);
  const withoutExtension = createFinder(images, placeOf, hints, stripExtension);
  const ambiguous = new Map<string, readonly string[]>();
  const noteAmbiguous = (given: string, tail: string, options: ResolveOptions): void => {
    // A codec that looks beside its file first asks for `/a.jpg` and then for `a.jpg`: one name, told once.
    const reference = normalisePath(given);
    // A codec that asks again without the ending means the same image.
    const isNew =
      ambiguous.size < MAX_AMBIGUOUS &&
      tail !== '' &&
      ![...ambiguous.keys()].some((known) => stripExtension(known) === reference);
    if (isNew) ambiguous.set(reference, listEnding(images, tail, options.withoutExtension === true));
  };
  const resolveList = (
    references: RecordList<string>,
    options: ResolveOptions = {},
  ): RecordList<Resolution> => {
    const find = options.withoutExtension === true ? withoutExtension : withExtension;
    const found = new FoundList(images, references);
    let n = 0;
    for (const reference of references) {
      const hit = find(reference);
      found.set(n++, hit);
      if (hit.place === undefined && hit.tail !== undefined) noteAmbiguous(reference, hit.tail, options);
    }
    if (options.allowShared !== true) found.settle();
    return found;
  };
  return {
    images,
    findById: (id) => images[placeOf(id) ?? -1],
    listAmbiguous: () => [...ambiguous].map(([reference, paths]) => ({ reference, paths })),
    resolve: (references, options) => {
      const unique = [...new Set(references)];
      const found = resolveList(unique, options);
      return new Map(unique.map((reference, n) => [reference, found.at(n) ?? noSuchImage]));
    },
    resolveList,
  };
}

type Found =
  | { readonly place: number; readonly kind: MatchKind; readonly parts: number }
  /** `tail`: the ending that several images share. */
  | { readonly place: undefined; readonly why: string; readonly tail?: string };

/** Looks among all images, then below the folder that was named, then by bytes. Indexes are made when first needed. */
function createFinder(
  images: readonly KnownImage[],
  placeOf: (id: string) => number | undefined,
  { within, sameBytes }: LookupHints,
  key: (path: string) => string,
): (reference: string) => Found {
  let all: PathIndex | undefined;
  let inside: { readonly index: PathIndex; readonly places: readonly number[] } | undefined;
  let bytes: { readonly index: PathIndex; readonly places: readonly number[] } | undefined;
  const pathOf = (place: number): string => key(normalisePath(images[place]?.path ?? ''));
  return (reference) => {
    const path = normalisePath(reference);
    all ??= new PathIndex(images.length, pathOf);
    const found = all.find(path);
    if (found.place !== undefined) return found;
    if (within !== undefined && found.tail !== undefined) {
      inside ??= indexBelow(images, normalisePath(within), pathOf);
      const chosen = inside.index.find(path);
      const place = chosen.place === undefined ? undefined : inside.places[chosen.place];
      if (chosen.place !== undefined && place !== undefined) return { ...chosen, place };
    }
    if (sameBytes !== undefined) {
      bytes ??= indexBytes(sameBytes, placeOf, key);
      const place = bytes.places[bytes.index.find(path).place ?? -1];
      if (place !== undefined) return { place, kind: 'content', parts: 0 };
    }
    const { tail } = found;
    if (tail === undefined) return { place: undefined, why: noSuchImage.why };
    const why = `several images of the project end in “${key(tail)}”, so which is meant is not known`;
    return { place: undefined, why, tail };
  };
}

function indexBelow(
  images: readonly KnownImage[],
  folder: string,
  pathOf: (place: number) => string,
): { index: PathIndex; places: readonly number[] } {
  const places = [...images.keys()].filter((place) =>
    isBelow(normalisePath(images[place]?.path ?? ''), folder),
  );
  return { index: new PathIndex(places.length, (n) => pathOf(places[n] ?? -1)), places };
}

function indexBytes(
  sameBytes: ReadonlyMap<string, string>,
  placeOf: (id: string) => number | undefined,
  key: (path: string) => string,
): { index: PathIndex; places: readonly number[] } {
  const known = [...sameBytes].flatMap(([path, id]) => {
    const place = placeOf(id);
    return place === undefined ? [] : [{ path: key(normalisePath(path)), place }];
  });
  return {
    index: new PathIndex(known.length, (n) => known[n]?.path ?? ''),
    places: known.map(({ place }) => place),
  };
}

const kinds: readonly MatchKind[] = ['name', 'tail', 'path', 'content'];
/** Ranks of match kinds are so far apart: a path of more parts than this is cut in rank, not in truth. */
const RANK = 1000;

/** What each of a list of references was found to be, in columns of numbers. */
class FoundList implements RecordList<Resolution> {
  readonly length: number;
  readonly #images: readonly KnownImage[];
  readonly #references: RecordList<string>;
  /** The place of each one's image, -1 for none. */
  readonly #places: Int32Array;
  /** How exactly it was found: the kind first, then how many parts agree. */
  readonly #ranks: Uint16Array;
  readonly #whys = new Map<number, string>();

  constructor(images: readonly KnownImage[], references: RecordList<string>) {
    this.length = references.length;
    this.#images = images;
    this.#references = references;
    this.#places = new Int32Array(references.length).fill(-1);
    this.#ranks = new Uint16Array(references.length);
  }

  set(n: number, found: Found): void {
    if (found.place === undefined) {
      if (found.why !== noSuchImage.why) this.#whys.set(n, found.why);
      return;
    }
    this.#places[n] = found.place;
    this.#ranks[n] = kinds.indexOf(found.kind) * RANK + Math.min(found.parts, RANK - 1);
  }

  at(n: number): Resolution | undefined {
    if (n < 0 || n >= this.length) return undefined;
    const image = this.#images[this.#places[n] as number];
    if (image === undefined) return this.#whys.has(n) ? { image, why: this.#whys.get(n) ?? '' } : noSuchImage;
    return { image, kind: kinds[Math.floor((this.#ranks[n] as number) / RANK)] ?? 'name' };
  }

  *[Symbol.iterator](): IterableIterator<Resolution> {
    for (let n = 0; n < this.length; n++) yield this.at(n) ?? noSuchImage;
  }

  /** When several references claim one image, only the best keeps it; between equals nobody does. */
  settle(): void {
    const places = this.#places;
    const ranks = this.#ranks;
    const best = new Int32Array(this.#images.length).fill(-1);
    const equals = new Uint8Array(this.#images.length);
    let isContested = false;
    for (let n = 0; n < this.length; n++) {
      const place = places[n] as number;
      if (place < 0) continue;
      const held = best[place] as number;
      if (held < 0) best[place] = n;
      else if (this.#isSame(held, n)) continue;
      else {
        isContested = true;
        const more = (ranks[n] as number) - (ranks[held] as number);
        if (more > 0) best[place] = n;
        if (more >= 0) equals[place] = more === 0 ? 1 : 0;
      }
    }
    if (isContested) this.#leaveOut(best, equals);
  }

  #leaveOut(best: Int32Array, equals: Uint8Array): void {
    for (let n = 0; n < this.length; n++) {
      const place = this.#places[n] as number;
      if (place < 0) continue;
      const held = best[place] as number;
      const isShared = equals[place] === 1;
      if (!isShared && (held === n || this.#isSame(held, n))) continue;
      const why = isShared
        ? `more than one entry could mean the image “${this.#images[place]?.path}”, so neither was taken`
        : `the image “${this.#images[place]?.path}” is named more exactly by “${this.#references.at(held)}”`;
      this.#places[n] = -1;
      this.#whys.set(n, why);
    }
  }

  /** A reference that stands there twice claims its image once. */
  #isSame(a: number, b: number): boolean {
    return this.#references.at(a) === this.#references.at(b);
  }
}

const noSuchImage = { image: undefined, why: 'the project has no such image' } as const;

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
