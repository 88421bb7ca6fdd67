/** Reads the lists of a JSON file element by element, so that memory follows one element and not the file. */
import { AppError } from '../core/errors.ts';
import type { SourceFile } from './format.ts';
import { decodeText, encodeText, joinBytes, parseLenient, streamOf } from './text.ts';

/** An element larger than this is no image, class or box. */
const MAX_ELEMENT_BYTES = 64 * 1024 * 1024;

export interface JsonLists {
  /** Names of the lists of the file's object that were met; `''` when the file is a list itself. */
  readonly lists: ReadonlySet<string>;
}

/** An element of a list, as it stands in the file: from `from` up to, not with, `to`. It holds only until the next is told of. */
export interface JsonElement {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Throws `format/not-json` when it is none. */
  parse(): unknown;
}

/** Takes an element of a list. Not parsed, it costs only its scan. */
export type OnElement = (list: string, element: JsonElement) => void;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Goes through a file whose top is an object of lists, or a list. Throws `format/empty-file` and `format/not-json`, as parsing it whole would
 * for one that is cut short.
 */
export async function scanJson(path: string, file: SourceFile, onElement: OnElement): Promise<JsonLists> {
  const scanner = new Scanner(path, onElement);
  for await (const piece of utf8Of(file)) scanner.push(piece);
  scanner.end();
  return scanner;
}

/** The file's bytes in UTF-8 without a byte order mark. */
async function* utf8Of(file: SourceFile): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first = true;
  for await (const piece of streamOf(file)) {
    if (first && piece[0] === 0xff && piece[1] === 0xfe) decoder = new TextDecoder('utf-16le');
    if (first && piece[0] === 0xfe && piece[1] === 0xff) decoder = new TextDecoder('utf-16be');
    const skip = first && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf ? 3 : 0;
    yield decoder === undefined ? piece.subarray(skip) : encodeText(decoder.decode(piece, { stream: true }));
    first = false;
  }
}

const STRING = 1;
const DEEPER = 2;
const HIGHER = 3;
/** What each byte does to the depth, or begins. */
const kinds = new Uint8Array(256);
kinds[QUOTE] = STRING;
kinds[OPEN_LIST] = DEEPER;
kinds[OPEN_OBJECT] = DEEPER;
kinds[CLOSE_LIST] = HIGHER;
kinds[CLOSE_OBJECT] = HIGHER;

/** The place of the quote that ends a string; the length where it goes on, one more where the next byte is escaped. */
function endOfString(piece: Uint8Array, from: number): number {
  let i = from;
  while (i < piece.length) {
    const c = piece[i] as number;
    if (c === QUOTE) return i;
    i += c === BACKSLASH ? 2 : 1;
  }
  return i;
}

class Scanner implements JsonLists, JsonElement {
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  readonly lists = new Set<string>();
  readonly #path: string;
  readonly #onElement: OnElement;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #seen = false;
  #rootIsObject = false;
  /** The key at the top whose value is being passed, and the depth of its list; 0 outside of one. */
  #key = '';
  #listDepth = 0;
  /** True between `{` or `,` and `:` of the top object, where a string is a key. */
  #awaitsKey = false;
  /** Where what is captured (an element or a key) begins in this piece; -1 for nothing. Parts of earlier pieces wait beside it. */
  #from = -1;
  #carried: Uint8Array[] = [];
  #carriedBytes = 0;

  constructor(path: string, onElement: OnElement) {
    this.#path = path;
    this.#onElement = onElement;
  }

  push(piece: Uint8Array): void {
    if (this.#from >= 0) this.#from = 0;
    for (let i = 0; i < piece.length; ) {
      if (this.#inString) i = this.#passString(piece, i);
      else if (this.#from >= 0 && this.#listDepth > 0 && this.#depth > this.#listDepth)
        i = this.#passNested(piece, i);
      else this.#step(piece, i++);
    }
    if (this.#from >= 0) this.#carry(piece.slice(this.#from));
  }

  /** One sign between elements, or of what stands at the top. */
  #step(piece: Uint8Array, i: number): void {
    const c = piece[i] as number;
    if (c <= 0x20) return;
    this.#seen = true;
    if (
      this.#listDepth > 0 &&
      this.#depth === this.#listDepth &&
      this.#from < 0 &&
      c !== COMMA &&
      c !== CLOSE_LIST
    )
      this.#from = i;
    switch (c) {
      case QUOTE:
        this.#inString = true;
        if (this.#awaitsKey && this.#depth === 1) this.#from = i;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        this.#open(c);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.#close(piece, i);
        break;
      case COMMA:
        if (this.#listDepth > 0 && this.#depth === this.#listDepth) this.#takeElement(piece, i);
        else if (this.#depth === 1 && this.#rootIsObject) this.#awaitsKey = true;
        break;
      case COLON:
        if (this.#depth === 1) this.#awaitsKey = false;
        break;
      default:
        if (this.#depth === 0) throw this.#refuse('it begins with neither { nor [');
    }
  }

  /** The rest of a string; gives the place after it. */
  #passString(piece: Uint8Array, from: number): number {
    let i = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    i = endOfString(piece, i);
    if (i >= piece.length) {
      this.#escaped = i > piece.length;
      return piece.length;
    }
    this.#inString = false;
    if (this.#awaitsKey && this.#depth === 1) this.#key = this.#takeKey(piece, i);
    return i + 1;
  }

  /** What lies deeper than the element itself, where nearly all of a file is: only depth and strings matter. Gives the place after it. */
  #passNested(piece: Uint8Array, from: number): number {
    const floor = this.#listDepth;
    const { length } = piece;
    let depth = this.#depth;
    let i = from;
    while (i < length && depth > floor) {
      const kind = kinds[piece[i] as number] as number;
      i++;
      if (kind === 0) continue;
      if (kind === STRING) {
        i = endOfString(piece, i);
        if (i >= length) {
          this.#inString = true;
          this.#escaped = i > length;
          i = length;
        } else i++;
      } else depth += kind === DEEPER ? 1 : -1;
    }
    this.#depth = depth;
    return i;
  }

  end(): void {
    if (!this.#seen)
      throw new AppError({
        code: 'format/empty-file',
        message: `“${this.#path}” is empty, so no labels were read from it.`,
        hint: 'Export the labels again from the tool that made the file.',
        details: { path: this.#path },
      });
    if (this.#depth !== 0 || this.#inString) throw this.#refuse('it ends in the middle');
  }

  #open(c: number): void {
    if (this.#depth === 0) {
      this.#rootIsObject = c === OPEN_OBJECT;
      this.#awaitsKey = this.#rootIsObject;
    }
    this.#depth++;
    const isTop =
      c === OPEN_LIST &&
      this.#listDepth === 0 &&
      (this.#rootIsObject ? this.#depth === 2 : this.#depth === 1);
    if (!isTop) return;
    this.#listDepth = this.#depth;
    this.lists.add(this.#rootIsObject ? this.#key : '');
  }

  #close(piece: Uint8Array, i: number): void {
    if (this.#listDepth > 0 && this.#depth === this.#listDepth) {
      this.#takeElement(piece, i);
      this.#listDepth = 0;
    }
    this.#depth--;
    if (this.#depth < 0) throw this.#refuse('it closes more than it opens');
  }

  #carry(part: Uint8Array): void {
    this.#carriedBytes += part.length;
    if (this.#carriedBytes > MAX_ELEMENT_BYTES)
      throw this.#refuse('one of its elements is larger than any label');
    this.#carried.push(part);
  }

  /** What was captured up to, not with, `end` becomes the element; capturing ends. */
  #take(piece: Uint8Array, end: number): void {
    if (this.#carried.length === 0) {
      this.bytes = piece;
      this.from = this.#from;
      this.to = end;
    } else {
      this.bytes = joinBytes([...this.#carried, piece.subarray(this.#from, end)]);
      this.from = 0;
      this.to = this.bytes.length;
      this.#carried = [];
    }
    this.#from = -1;
    this.#carriedBytes = 0;
  }

  #takeKey(piece: Uint8Array, i: number): string {
    this.#take(piece, i + 1);
    const key = this.parse();
    return typeof key === 'string' ? key : '';
  }

  #takeElement(piece: Uint8Array, i: number): void {
    if (this.#from < 0) return;
    this.#take(piece, i);
    this.#onElement(this.#rootIsObject ? this.#key : '', this);
  }

  parse(): unknown {
    try {
      return parseLenient(decodeText(this.bytes.subarray(this.from, this.to)));
    } catch (thrown) {
      throw this.#refuse(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  #refuse(why: string): AppError {
    return new AppError({
      code: 'format/not-json',
      message: `“${this.#path}” is not whole JSON, so no labels were read from it: ${why}`,
      hint: 'The file may be cut short. Export it again from the tool that made it.',
      details: { path: this.#path },
    });
  }
}
