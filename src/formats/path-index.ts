/** Finds images by the endings of their paths: one look for each ending, however many images there are. */
import { TextTable } from './text-table.ts';

/** How a path was found: the same path; one path is the end of the other; only the name agrees. */
export type PathMatch = 'path' | 'tail' | 'name';

export type PathHit =
  | { readonly place: number; readonly kind: PathMatch; readonly parts: number }
  /** `tail`: the ending that several images share; absent where none has any. */
  | { readonly place: undefined; readonly tail?: string };

const MANY = Symbol('several images');

/** The images that share an ending in any case, told apart by case and by whether the ending is all of the path. */
interface Sharers {
  readonly exact: Map<string, number | typeof MANY>;
  readonly whole: Map<string, number | typeof MANY>;
}

/** Every ending of every path, in any case, so that the longest common ending is found without scanning. Endings are not held: they are drawn again from their images. */
export class PathIndex {
  readonly #pathOf: (place: number) => string;
  /** Of each ending that came first: its image, and where it begins in that image's path. */
  #places: Uint32Array;
  #starts: Uint16Array;
  #entries = 0;
  readonly #tails: TextTable;
  readonly #sharers = new Map<number, Sharers>();

  /** `pathOf`: the path of the image at a place from 0 to `count` - 1, normalised; it is asked for again and again. */
  constructor(count: number, pathOf: (place: number) => string) {
    this.#pathOf = pathOf;
    this.#places = new Uint32Array(Math.max(1, count));
    this.#starts = new Uint16Array(Math.max(1, count));
    this.#tails = new TextTable((entry) => this.#tailOf(entry).toLowerCase());
    for (let place = 0; place < count; place++) {
      const path = pathOf(place);
      // No system allows a path as long as that; what begins beyond it is not told apart by its ending.
      for (let start = 0; start >= 0 && start <= MAX_START; start = nextPart(path, start))
        this.#put(path, start, place);
    }
  }

  /** `path`: normalised as those of the images are. */
  find(path: string): PathHit {
    const whole = this.#findWhole(path);
    if (whole !== undefined) return { place: whole, kind: 'path', parts: countParts(path) };
    for (let start = 0; start >= 0; start = nextPart(path, start)) {
      const tail = path.slice(start);
      const entry = this.#tails.find(tail.toLowerCase());
      if (entry < 0) continue;
      const sharers = this.#sharers.get(entry);
      const hit = sharers === undefined ? (this.#places[entry] as number) : (sharers.exact.get(tail) ?? MANY);
      if (hit === MANY) return { place: undefined, tail };
      const parts = countParts(tail);
      const isTail = start === 0 || parts === countParts(this.#pathOf(hit));
      return { place: hit, kind: isTail ? 'tail' : 'name', parts };
    }
    return none;
  }

  #tailOf(entry: number): string {
    return this.#pathOf(this.#places[entry] as number).slice(this.#starts[entry]);
  }

  #addEntry(place: number, start: number): number {
    const entry = this.#entries++;
    if (entry >= this.#places.length) {
      const [places, starts] = [this.#places, this.#starts];
      this.#places = new Uint32Array(places.length * 2);
      this.#places.set(places);
      this.#starts = new Uint16Array(places.length * 2);
      this.#starts.set(starts);
    }
    this.#places[entry] = place;
    this.#starts[entry] = start;
    return entry;
  }

  #findWhole(path: string): number | undefined {
    const entry = this.#tails.find(path.toLowerCase());
    if (entry < 0) return undefined;
    const sharers = this.#sharers.get(entry);
    if (sharers !== undefined) {
      const hit = sharers.whole.get(path);
      return hit === MANY ? undefined : hit;
    }
    const place = this.#places[entry] as number;
    return this.#pathOf(place) === path ? place : undefined;
  }

  #put(path: string, start: number, place: number): void {
    const tail = path.slice(start);
    const key = tail.toLowerCase();
    const entry = this.#tails.find(key);
    if (entry < 0) {
      this.#tails.add(key, this.#addEntry(place, start));
      return;
    }
    let sharers = this.#sharers.get(entry);
    if (sharers === undefined) {
      const first = this.#places[entry] as number;
      sharers = { exact: new Map(), whole: new Map() };
      share(sharers, this.#tailOf(entry), this.#pathOf(first), first);
      this.#sharers.set(entry, sharers);
    }
    share(sharers, tail, path, place);
  }
}

const MAX_START = 0xffff;

function share({ exact, whole }: Sharers, tail: string, path: string, place: number): void {
  exact.set(tail, exact.has(tail) ? MANY : place);
  if (tail === path) whole.set(path, whole.has(path) ? MANY : place);
}

const none: PathHit = { place: undefined };

/** Where the next ending begins: after the next slash; -1 for none. */
function nextPart(path: string, start: number): number {
  const slash = path.indexOf('/', start);
  return slash < 0 ? -1 : slash + 1;
}

function countParts(path: string): number {
  let parts = 1;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) parts++;
  return parts;
}
