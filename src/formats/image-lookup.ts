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
  const byId = new Map(images.map((image) => [image.id, image]));
  const withExtension = createFinder(images, byId, hints, (path) => path);
  const withoutExtension = createFinder(images, byId, hints, stripExtension);
  const ambiguous = new Map<string, readonly string[]>();
  return {
    images,
    findById: (id) => byId.get(id),
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
      return options.allowShared === true ? plain(found) : settle(found);
    },
  };
}

/** Looks among all images, then below the folder that was named, then by bytes. Indexes are made when first needed. */
function createFinder(
  images: readonly KnownImage[],
  byId: ReadonlyMap<string, KnownImage>,
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
        const image = byId.get(id);
        return image === undefined ? [] : [{ ...image, path }];
      }),
      key,
    );
    const same = bytes.find(reference);
    const image = byId.get(same.image?.id ?? '');
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
  /** `tail`: the ending that several images share. */
  | { readonly why: string; readonly image?: undefined; readonly tail?: string };

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
          tail,
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

const ranks: Readonly<Record<MatchKind, number>> = { content: 3, path: 2, tail: 1, name: 0 };

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
