/** Copies of photographs whose features are computed while a training already runs, in the order in which it will ask for them. */
import { AppError, toAppErrorData } from '../../core/errors.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { EngineImage } from '../messages.ts';
import { faultOf, type ImageFault, isItemFault } from './ensure-features.ts';
import type { FeatureStore } from './feature-store.ts';
import { FeatureWriter } from './feature-writer.ts';
import type { InferencePool } from './inference-pool.ts';
import { withPool } from './shared-pool.ts';
import { type FeatureVariant, PLAIN } from './variants.ts';

/** Requests under way for each that the pool can work on: while a training step blocks this thread, none of its workers runs dry. */
const AHEAD = 3;

/** A copy that will be asked for. */
export interface WantedCopy {
  readonly image: EngineImage;
  readonly variant: FeatureVariant;
}

export interface BackgroundOptions {
  readonly store: FeatureStore;
  readonly backbone: Backbone;
  /**
   * True: {@link BackgroundCopies.take} waits for a copy, so that a training sees what it would see were all of them there. False: until
   * a copy is there the plain one stands in for it, so that a time budget is spent on training.
   */
  readonly waits: boolean;
  readonly signal?: AbortSignal;
}

/** Fills the store beside a training that reads it. The plain copies must be there. Call `start` once, and `stop` before the store closes. */
export class BackgroundCopies {
  readonly #o: BackgroundOptions;
  /** By content, as copies are. */
  readonly #faults = new Map<string, ImageFault>();
  readonly #writer: FeatureWriter;
  /** Those who wait for a copy to be stored, or given up. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #running: Promise<void> = Promise.resolve();
  /** What is wrong with the machine; ends the work. */
  #broken: unknown;
  #stopped = false;
  #ended = false;

  constructor(options: BackgroundOptions) {
    this.#o = options;
    this.#writer = new FeatureWriter(options.store);
  }

  /** Photographs of which copies could not be made: they are learnt from their plain copy. */
  get failed(): ImageFault[] {
    return [...this.#faults.values()];
  }

  /** Begins with the first of `order`; copies that the store holds are passed over. It is read as the work goes on. */
  start(order: Iterable<WantedCopy>): void {
    const missing = this.#missing(order);
    const first = missing.next();
    if (first.done === true) {
      this.#ended = true;
      return;
    }
    this.#running = withPool(this.#o.backbone, (pool) => this.#work(pool, first.value, missing))
      .catch((error: unknown) => {
        this.#broken ??= error;
      })
      .finally(() => {
        this.#ended = true;
        for (const name of [...this.#waiting.keys()]) this.#tell(name);
      });
  }

  /** The copy, or the plain one of a photograph that cannot be read any more. Throws what stopped the work (`disk/full`, …). */
  async take(image: EngineImage, variant: FeatureVariant): Promise<FeatureVariant> {
    const { store, waits } = this.#o;
    const key = { hash: image.hash, variant: variant.id };
    const isSettled = (): boolean => store.has(key) || this.#faults.has(image.hash) || this.#ended;
    if (waits && !isSettled()) {
      await new Promise<void>((resolve) => {
        const name = nameOf(key);
        this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
      });
    }
    if (this.#broken !== undefined) throw new AppError(toAppErrorData(this.#broken));
    return store.has(key) ? variant : PLAIN;
  }

  /** Ends the work. What was computed is in the store. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #work(pool: InferencePool, first: WantedCopy, rest: Iterator<WantedCopy>): Promise<void> {
    let ahead: WantedCopy | undefined = first;
    const next = (): WantedCopy | undefined => {
      const wanted = ahead ?? rest.next().value;
      ahead = undefined;
      return wanted;
    };
    const lane = async (): Promise<void> => {
      while (!this.#stopped && this.#broken === undefined && this.#o.signal?.aborted !== true) {
        const wanted = next();
        if (wanted === undefined) return;
        await this.#compute(pool, wanted);
      }
    };
    try {
      await Promise.all(Array.from({ length: pool.capacity * AHEAD }, lane));
    } finally {
      await this.#writer.close();
    }
  }

  async #compute(pool: InferencePool, { image, variant }: WantedCopy): Promise<void> {
    const key = { hash: image.hash, variant: variant.id };
    if (this.#faults.has(image.hash)) return;
    try {
      const { records } = await pool.run({
        kind: 'file',
        file: image.file,
        image: { widthPx: image.widthPx, heightPx: image.heightPx },
        canvas: this.#o.store.canvas,
        variants: [variant],
      });
      await this.#writer.append(key, records[0] as Uint8Array);
    } catch (error) {
      if (isItemFault(error)) this.#faults.set(image.hash, faultOf(image, error));
      else this.#broken ??= error;
      // Those who wait for any other copy of it need not either.
      for (const name of [...this.#waiting.keys()]) if (name.startsWith(`${image.hash}\t`)) this.#tell(name);
    }
    this.#tell(nameOf(key));
  }

  #tell(name: string): void {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    for (const resolve of waiting) resolve();
  }

  /** Each copy that the store lacks, once. */
  *#missing(order: Iterable<WantedCopy>): Generator<WantedCopy, undefined> {
    const seen = new Set<string>();
    for (const wanted of order) {
      const key = { hash: wanted.image.hash, variant: wanted.variant.id };
      if (seen.has(nameOf(key))) continue;
      seen.add(nameOf(key));
      if (!this.#o.store.has(key)) yield wanted;
    }
    return undefined;
  }
}

const nameOf = ({ hash, variant }: { hash: string; variant: string }): string => `${hash}\t${variant}`;
