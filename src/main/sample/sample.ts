/** Makes the sample project's photographs and labels: deck-camera scenes drawn by this code, so that nobody's pictures are needed to try the studio. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { PixelBox, Point } from '../../core/geometry.ts';
import type { JobProgress } from '../../core/jobs.ts';
import { createRandom, type Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import type { SampleClassName } from './fish-shapes.ts';
import { type Backdrop, makeBackdrop, makeGrain, takePhotograph } from './photograph.ts';
import { levelBoats, plantCopies } from './plants.ts';
import { drawSampleScene } from './scene.ts';
import { seaSpareRows } from './sea-drawing.ts';

export type { SampleClassName } from './fish-shapes.ts';

/** One class of the sample; `NoF` is not among them: a picture without fish has the state `empty`. */
export interface SampleClass {
  readonly name: SampleClassName;
  readonly title: string;
  readonly scientificName: string | null;
}

/** A labelled fish, in upright image pixels, 0-based continuous edges, clipped to the image. */
export interface SampleBox {
  readonly className: SampleClassName;
  readonly box: PixelBox;
  /** Tip of the nose and root of the tail fin; may lie outside the image. */
  readonly head: Point;
  readonly tail: Point;
}

export interface SampleImage {
  /** Relative to `outDir`. */
  readonly fileName: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The boat. */
  readonly group: string;
  readonly capturedAtMs: number;
  readonly state: 'labelled' | 'empty';
  readonly boxes: readonly SampleBox[];
  /** The picture this one is a planted copy of. */
  readonly copyOf?: string;
}

export interface SampleManifest {
  readonly seed: number;
  readonly classes: readonly SampleClass[];
  readonly images: readonly SampleImage[];
}

export interface SampleOptions {
  /** Folder for the JPEGs; made when missing. Files of the same names are replaced. */
  readonly outDir: string;
  readonly seed: number;
  /** How many pictures, 240 unless told. */
  readonly images?: number;
  /**
   * How far the boat tells the catch, 0..1: at 1, the default, each boat catches its own mixture; at 0 all catch the same, so that nothing of the
   * boat tells the fish.
   */
  readonly leak?: number;
  /** Copies planted besides: the same bytes, saved again at low quality, or brightened. 0 unless told. */
  readonly copies?: number;
  readonly onProgress?: (progress: JobProgress) => void;
  readonly signal?: AbortSignal;
  /** Clock for the estimate of the time left, in milliseconds. */
  readonly now?: () => number;
}

export const sampleClasses: readonly SampleClass[] = [
  { name: 'ALB', title: 'Albacore tuna', scientificName: 'Thunnus alalunga' },
  { name: 'BET', title: 'Bigeye tuna', scientificName: 'Thunnus obesus' },
  { name: 'DOL', title: 'Dolphinfish', scientificName: 'Coryphaena hippurus' },
  { name: 'LAG', title: 'Opah', scientificName: 'Lampris guttatus' },
  { name: 'OTHER', title: 'Other fish', scientificName: null },
  { name: 'SHARK', title: 'Shark', scientificName: null },
  { name: 'YFT', title: 'Yellowfin tuna', scientificName: 'Thunnus albacares' },
];

/** Pictures developed at the same time: enough to keep two cores busy while one is written. */
const inFlight = 4;
const firstCaptureMs = Date.UTC(2026, 2, 1);

interface Plan {
  readonly boat: Boat;
  readonly fileName: string;
  readonly capturedAtMs: number;
  readonly random: Random;
}

/**
 * Writes the sample's photographs (JPEG) and returns their labels. Same seed and count → same bytes, on the same build of the image library.
 * Throws `job/cancelled` when the signal fires (pictures written so far stay), or the system's error when the folder cannot be written.
 */
export async function generateSample(options: SampleOptions): Promise<SampleManifest> {
  const random = createRandom(options.seed);
  const plans = planImages(random, options.images ?? 240, levelBoats(options.leak ?? 1));
  await mkdir(options.outDir, { recursive: true });
  const grain = makeGrain(random.fork('grain'));
  const backdrops = new Map<string, Promise<Backdrop>>();
  const backdropOf = (boat: Boat): Promise<Backdrop> => {
    const made = backdrops.get(boat.name) ?? makeBackdrop(boat, random.fork(boat.name));
    backdrops.set(boat.name, made);
    return made;
  };
  const report = makeReporter(options, plans.length);
  const images: SampleImage[] = new Array(plans.length);
  let next = 0;
  const stop = (): boolean => options.signal?.aborted === true;
  const work = async (): Promise<void> => {
    while (next < plans.length && !stop()) {
      const index = next++;
      const plan = plans[index] as Plan;
      images[index] = await makeImage(plan, await backdropOf(plan.boat), grain, options.outDir).catch(
        (fault: unknown) => {
          next = plans.length;
          throw fault;
        },
      );
      report();
    }
  };
  // All workers are waited for, also after a fault, so that nothing is written once this call is over.
  const ends = await Promise.allSettled(Array.from({ length: inFlight }, work));
  const fault = ends.find((end) => end.status === 'rejected');
  if (fault !== undefined) throw fault.reason;
  if (stop()) throw cancelled(images);
  const copies = await plantCopies(images, options.copies ?? 0, random.fork('copies'), options.outDir);
  return { seed: options.seed, classes: sampleClasses, images: [...images, ...copies] };
}

function cancelled(images: readonly (SampleImage | undefined)[]): AppError {
  return new AppError({
    code: 'job/cancelled',
    message:
      'Drawing the sample was cancelled. The pictures drawn so far stay in their folder; no project uses them yet.',
    hint: 'Start it again to draw the whole sample.',
    details: { images: images.filter((image) => image !== undefined).length },
  });
}

/** Which boat takes which picture: shares as told, every boat at least once while there are enough, in the order of one shuffled roll. */
function planImages(random: Random, count: number, boats: readonly Boat[]): Plan[] {
  const total = boats.reduce((sum, boat) => sum + boat.share, 0);
  const roll: Boat[] = [];
  let owed = 0;
  for (const boat of boats) {
    owed += (boat.share / total) * count;
    while (roll.length < Math.round(owed)) roll.push(boat);
  }
  return random.shuffle(roll).map((boat, i) => {
    const own = random.fork(`image ${i}`);
    const hour = boat.night ? 20 + own.int(8) : 7 + own.int(11);
    const capturedAtMs = firstCaptureMs + (Math.floor(i / 6) * 24 + hour) * 3_600_000 + own.int(3_600_000);
    return { boat, fileName: `img_${String(i + 1).padStart(5, '0')}.jpg`, capturedAtMs, random: own };
  });
}

async function makeImage(
  plan: Plan,
  backdrop: Backdrop,
  grain: Int16Array,
  outDir: string,
): Promise<SampleImage> {
  const { boat, fileName, capturedAtMs } = plan;
  const scene = drawSampleScene(boat, plan.random.fork('scene'));
  const look = plan.random.fork('look');
  const shot = {
    sceneSvg: scene.svg,
    exposure: look.range(0.88, 1.1),
    heaveRows: Math.round(look.range(-0.5, 0.5) * seaSpareRows),
    grainStart: look.int(grain.length),
    capturedAtMs,
    quality: 82 + look.int(7),
  };
  const bytes = await takePhotograph(backdrop, shot, grain);
  const path = join(outDir, fileName);
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
  return {
    fileName,
    widthPx: boat.widthPx,
    heightPx: boat.heightPx,
    group: boat.name,
    capturedAtMs,
    state: scene.fish.length > 0 ? 'labelled' : 'empty',
    boxes: scene.fish,
  };
}

/** Reports after each picture, at most ten times a second, and at the end. */
function makeReporter(options: SampleOptions, total: number): () => void {
  const now = options.now ?? Date.now;
  const startedMs = now();
  let done = 0;
  let saidMs = Number.NEGATIVE_INFINITY;
  return () => {
    done++;
    const atMs = now();
    if (atMs - saidMs < 100 && done < total) return;
    saidMs = atMs;
    const etaMs = Math.round(((atMs - startedMs) / done) * (total - done));
    options.onProgress?.({ phase: 'Drawing the sample', done, total, unit: 'images', etaMs });
  };
}
