/** Feature maps written by hand, so that what a recipe should learn is known: each class lights its own channel where a fish lies. */
import type { Canvas } from '../../src/core/learning.ts';
import { createRandom, hashText } from '../../src/core/random.ts';
import {
  type FeatureKey,
  type FeatureSource,
  type TapShape,
  tapLength,
  tapShapes,
} from '../../src/engine/features/feature-types.ts';
import type { EngineBox, TrainingSample } from '../../src/engine/messages.ts';
import type { Recipe } from '../../src/engine/recipes/recipe.ts';
import { type GroundBackbone, prepareTask } from '../../src/engine/train/recipe-task.ts';
import { convBackbone } from './conv-backbone.ts';

export const testCanvas: Canvas = { widthPx: 128, heightPx: 128 };

const testTaps = [
  { name: 's8', stride: 8, channels: 8 },
  { name: 's16', stride: 16, channels: 8 },
  { name: 's32', stride: 32, channels: 8 },
];

/** What a recipe stands on in tests: drawn features as they are or, where it moves the last blocks, a small net's behind stride 8. */
export function standOnDrawn(recipe: Recipe, parameters: Readonly<Record<string, unknown>>) {
  const backbone: GroundBackbone =
    recipe.fineTuning === undefined ? { hash: 'drawn', taps: testTaps } : convBackbone();
  const { task, features } = prepareTask(recipe, parameters, { backbone, canvas: testCanvas, classes: 2 });
  return { backbone, task, features };
}

/** A sample of a 128 × 128 image. */
export function makeSample(
  id: string,
  boxes: EngineBox[],
  split: 'train' | 'valid' = 'train',
): TrainingSample {
  const image = { id, file: `/nowhere/${id}.jpg`, hash: `hash-${id}`, widthPx: 128, heightPx: 128 };
  return { image, split, boxes };
}

/** `count` samples with one fish each, its class and place drawn from `seed`; each fourth sample is empty. */
export function drawSamples(
  count: number,
  seed: number,
  split: 'train' | 'valid' = 'train',
): TrainingSample[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const w = random.range(24, 60);
    const h = random.range(24, 60);
    const box = { x: random.range(0, 128 - w), y: random.range(0, 128 - h), w, h, classIndex: i % 2 };
    const line = { head: { x: box.x, y: box.y + h / 2 }, tail: { x: box.x + w, y: box.y + h / 2 } };
    return makeSample(`${split}-${seed}-${i}`, i % 4 === 3 ? [] : [{ ...box, ...line }], split);
  });
}

/** Features in memory that show the samples' boxes; mirrored for the `flip` copy. Counts what was read. */
export class DrawnFeatures implements FeatureSource {
  readonly canvas = testCanvas;
  readonly taps: readonly TapShape[];
  reads = 0;
  private readonly samples: ReadonlyMap<string, TrainingSample>;

  constructor(samples: readonly TrainingSample[], taps: GroundBackbone['taps'] = testTaps) {
    this.taps = tapShapes(taps, testCanvas);
    this.samples = new Map(samples.map((sample) => [sample.image.hash, sample]));
  }

  shape(tap: string): TapShape {
    const found = this.taps.find((candidate) => candidate.name === tap);
    if (found === undefined) throw new RangeError(`no tap ${tap}`);
    return found;
  }

  has(): boolean {
    return true;
  }

  read(keys: readonly FeatureKey[], tapName: string, into?: Float32Array): Promise<Float32Array> {
    this.reads++;
    const tap = this.shape(tapName);
    const out = into ?? new Float32Array(keys.length * tapLength(tap));
    keys.forEach((key, i) => {
      this.draw(key, tap, out.subarray(i * tapLength(tap), (i + 1) * tapLength(tap)));
    });
    return Promise.resolve(out);
  }

  private draw(key: FeatureKey, tap: TapShape, map: Float32Array): void {
    const random = createRandom(hashText(`${key.hash}/${key.variant}/${tap.name}`));
    for (let i = 0; i < map.length; i++) map[i] = random.next() * 0.1;
    for (const box of this.samples.get(key.hash)?.boxes ?? []) {
      const left = key.variant === 'flip' ? 128 - box.x - box.w : box.x;
      for (let row = 0; row < tap.heightCells; row++) {
        for (let column = 0; column < tap.widthCells; column++) {
          const x = (column + 0.5) * tap.stride - left - box.w / 2;
          const y = (row + 0.5) * tap.stride - box.y - box.h / 2;
          const inside = Math.abs(x) <= box.w / 2 && Math.abs(y) <= box.h / 2;
          if (!inside) continue;
          const at = (row * tap.widthCells + column) * tap.channels;
          map[at + box.classIndex] = 1;
          map.set([Math.abs(x) / 40, Math.abs(y) / 40, box.w / 64, box.h / 64], at + 3);
        }
      }
    }
  }
}
