/** How the fish of boxes lie: as people marked it, else as a head-tail model sees it, in the whole photograph or in each box. */
import { AppError } from '../../core/errors.ts';
import type { PixelBox, Point } from '../../core/geometry.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { type FeatureMaps, streamFeatures } from '../features/compute-features.ts';
import { type FeatureStore, openFeatureStore } from '../features/feature-store.ts';
import { tapLength } from '../features/feature-types.ts';
import type { EngineImage } from '../messages.ts';
import { getRecipe } from '../recipes/list.ts';
import type { LoadedModel, ModelGround } from '../train/load-model.ts';
import { loadModel } from '../train/load-model.ts';
import { computeCropFeatures } from './crop-features.ts';
import { toCropImage } from './crop-samples.ts';
import type { Cropping } from './cropping.ts';
import { type FishLie, readLie, surroundFish } from './region.ts';

/** A box that may say itself how its fish lies. */
export interface LyingBox extends PixelBox {
  readonly head?: Point | null | undefined;
  readonly tail?: Point | null | undefined;
}

export interface Leveller {
  /** One lie a box; null where nothing is known, or nothing is to be turned. Throws an item fault (`image/…`). */
  findLies(image: EngineImage, boxes: readonly LyingBox[]): Promise<(FishLie | null)[]>;
  close(): Promise<void>;
}

/** One line a photograph, whatever its score: it only turns. */
const LIMITS = { minScore: 0, maxDetections: 1 };

/** `modelDir` of the model that tells lines, null for none. Throws what `loadModel` throws, and `crops/turner-unusable`. */
export async function openLeveller(
  modelDir: string | null,
  cropping: Pick<Cropping, 'level' | 'marginFrac'>,
  ground: ModelGround<Backbone> & { readonly featuresDir: string },
): Promise<Leveller> {
  if (cropping.level === 'off')
    return { findLies: async (_, boxes) => boxes.map(() => null), close: async () => undefined };
  if (modelDir === null)
    return { findLies: async (_, boxes) => boxes.map(readMarked), close: async () => undefined };
  const model = await loadModel(modelDir, ground);
  if (getRecipe(model.card.recipe).tellsLines !== true) {
    model.dispose();
    throw new AppError({
      code: 'crops/turner-unusable',
      message: `The model that is to tell how fish lie is of the recipe “${model.card.recipe}”, which says nothing of head and tail, so nothing was turned.`,
      hint: 'Name a model of head-tail in turner, or set level to off.',
      details: { recipe: model.card.recipe },
    });
  }
  const store = await openFeatureStore({ ...ground, backbone: model.features });
  const turner: Turner = { model, store, ground, marginFrac: cropping.marginFrac };
  return {
    findLies: async (image, boxes) => {
      const marked = boxes.map(readMarked);
      if (!marked.includes(null)) return marked;
      const seen = cropping.level === 'photograph' ? lieInPhotograph : liesInBoxes;
      const found = await seen(turner, image, boxes, marked);
      return marked.map((own, i) => own ?? found[i] ?? null);
    },
    close: async () => {
      model.dispose();
      await store.close();
    },
  };
}

interface Turner {
  readonly model: LoadedModel<Backbone>;
  readonly store: FeatureStore;
  readonly ground: ModelGround<Backbone>;
  readonly marginFrac: number;
}

function readMarked({ head, tail }: LyingBox): FishLie | null {
  return head && tail ? readLie(head, tail) : null;
}

/** The one line of the photograph belongs to the smallest box that holds its middle. */
async function lieInPhotograph(
  { model, store, ground }: Turner,
  image: EngineImage,
  boxes: readonly LyingBox[],
): Promise<(FishLie | null)[]> {
  const stream = streamFeatures({ backbone: model.features, canvas: ground.canvas, images: [image], store });
  for await (const item of stream) {
    if ('error' in item) throw item.error;
    const [line] = model.predict(item.maps, image, LIMITS).detections;
    if (!line?.head || !line.tail) break;
    const { head, tail } = line;
    const middle = { x: (head.x + tail.x) / 2, y: (head.y + tail.y) / 2 };
    const holding = boxes.filter((box) => isIn(middle, box)).sort((a, b) => a.w * a.h - b.w * b.h)[0];
    return boxes.map((box) => (box === holding ? readLie(head, tail) : null));
  }
  return boxes.map(() => null);
}

/** Each box as if it were a photograph of its own. */
async function liesInBoxes(
  { model, ground, marginFrac }: Turner,
  image: EngineImage,
  boxes: readonly LyingBox[],
  marked: readonly (FishLie | null)[],
): Promise<(FishLie | null)[]> {
  const { canvas } = ground;
  const regions = boxes.map((box) => surroundFish(box, { canvas, marginFrac, lie: null }));
  const asked = regions.filter((_, i) => marked[i] === null);
  const taps = model.taps.map(({ name }) => name);
  const maps = await computeCropFeatures({ backbone: model.features, canvas, taps }, image, asked);
  const lies = asked.map((region, i) => {
    const own: FeatureMaps = new Map(
      model.taps.map((tap) => {
        const length = tapLength(tap);
        return [tap.name, (maps.get(tap.name) as Float32Array).subarray(i * length, (i + 1) * length)];
      }),
    );
    const [line] = model.predict(own, toCropImage(image, region), LIMITS).detections;
    return line?.head && line.tail ? readLie(line.head, line.tail) : null;
  });
  return regions.map((region) => lies[asked.indexOf(region)] ?? null);
}

function isIn({ x, y }: Point, box: PixelBox): boolean {
  return x >= box.x && y >= box.y && x <= box.x + box.w && y <= box.y + box.h;
}
