/** Keeps the counts of an import or export, so that what came in is what went out plus what was skipped, by construction. */
import type { FormatReport, SkippedItem } from './format.ts';

/** At most this many single entries are listed; further ones of the same reason are counted in one. */
const MAX_LISTED = 1000;

/** Counts what is read or written. `build` gives the report, whose list stays bearable however much went wrong. */
export class ReportBuilder {
  readonly #format: string;
  readonly #skipped: SkippedItem[] = [];
  readonly #overflow = new Map<string, { items: number; images: number; boxes: number }>();
  readonly #notes = new Set<string>();
  readonly #tallies = new Map<string, { count: number; text: (count: number) => string }>();
  #images = 0;
  #boxes = 0;
  #clipped = 0;
  readonly #byImage = new Map<string, { lost: number; clipped: number }>();

  constructor(format: string) {
    this.#format = format;
  }

  countImages(images: number): void {
    this.#images += images;
  }

  countBoxes(boxes: number): void {
    this.#boxes += boxes;
  }

  /** `imageId`: the project's image whose box was cut. */
  countClipped(imageId?: string): void {
    this.#clipped++;
    if (imageId !== undefined) this.#tallyOf(imageId).clipped++;
  }

  /** Something left out. `images` and `boxes` say how many of each it stands for; `imageId` of which image of the project, where one is meant. */
  skip(item: { what: string; why: string; images?: number; boxes?: number; imageId?: string }): void {
    const { images = 0, boxes = 0 } = item;
    const [what, why] = [shorten(item.what), shorten(item.why)];
    if (item.imageId !== undefined) this.#tallyOf(item.imageId).lost += boxes;
    if (this.#skipped.length < MAX_LISTED) {
      this.#skipped.push({ what, why, images, boxes });
      return;
    }
    const sum = this.#overflow.get(why) ?? { items: 0, images: 0, boxes: 0 };
    this.#overflow.set(why, { items: sum.items + 1, images: sum.images + images, boxes: sum.boxes + boxes });
  }

  note(text: string): void {
    this.#notes.add(text);
  }

  /** Counts one more of a kind; the note is written once, with the count. */
  tally(key: string, text: (count: number) => string): void {
    const tally = this.#tallies.get(key);
    if (tally === undefined) this.#tallies.set(key, { count: 1, text });
    else tally.count++;
  }

  #tallyOf(imageId: string): { lost: number; clipped: number } {
    const known = this.#byImage.get(imageId);
    if (known !== undefined) return known;
    const fresh = { lost: 0, clipped: 0 };
    this.#byImage.set(imageId, fresh);
    return fresh;
  }

  build(): FormatReport {
    const rest = [...this.#overflow].map(
      ([why, { items, images, boxes }]): SkippedItem => ({ what: `${items} more`, why, images, boxes }),
    );
    const skipped = [...this.#skipped, ...rest];
    return {
      format: this.#format,
      seen: {
        images: this.#images + skipped.reduce((sum, item) => sum + item.images, 0),
        boxes: this.#boxes + skipped.reduce((sum, item) => sum + item.boxes, 0),
      },
      images: this.#images,
      boxes: this.#boxes,
      skipped,
      clipped: this.#clipped,
      notes: [...this.#notes, ...[...this.#tallies.values()].map(({ count, text }) => text(count))],
      ...(this.#byImage.size === 0 ? {} : { byImage: this.#byImage }),
    };
  }
}

/** A name from a hostile file may be megabytes long; no path is longer than a few hundred signs. */
const MAX_SIGNS = 1000;

function shorten(text: string): string {
  return text.length <= MAX_SIGNS
    ? text
    : `${text.slice(0, MAX_SIGNS / 2)} … ${text.slice(-MAX_SIGNS / 4)}`.toWellFormed();
}
