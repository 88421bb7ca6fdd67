/** A model of crops with the models it needs: boxes found, cut out, named again. */
import path from 'node:path';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { Limits } from '../ensemble/open-members.ts';
import { type StreamedVerdict, streamVerdicts, type VerdictOptions } from '../ensemble/stream-verdicts.ts';
import { cancelled } from '../features/ensure-features.ts';
import type { EngineDetection, EngineImage } from '../messages.ts';
import { suppressOverlaps } from '../parts/nms.ts';
import { findTap } from '../recipes/recipe.ts';
import { runModel } from '../train/evaluate.ts';
import { type ModelGround, type OpenedModel, openModel } from '../train/load-model.ts';
import { computeCropFeatures } from './crop-features.ts';
import { toCropImage } from './crop-samples.ts';
import type { Cropping } from './cropping.ts';
import { type OpenedStages, openStages } from './open-stages.ts';
import { surroundFish } from './region.ts';
import { weighClasses } from './weigh-classes.ts';

/** What a detector says below this is kept as it is: a look at it would cost more than it could bring. */
const LEAST_LOOKED_AT = 0.05;
/** Boxes of a photograph that are looked at again, the surest first. */
const MOST_LOOKED_AT = 40;
/** Photographs under way: one is cut while another is in the net. */
const AHEAD = 3;
/** Overlap (IoU) from which two boxes that now have one class are one fish. */
const SAME_CLASS_IOU = 0.5;
const OTHER_CLASS_IOU = 0.8;

export interface SecondLook {
  /** A verdict a photograph, as `streamVerdicts` gives them. */
  stream(options: Omit<VerdictOptions, 'members'>): AsyncGenerator<StreamedVerdict, void, undefined>;
  close(): Promise<void>;
}

/** Opens a model of crops and those it names. Throws what `openModel` and `openStages` throw. */
export async function openSecondLook(
  modelDir: string,
  cropping: Cropping,
  ground: ModelGround<Backbone> & { readonly featuresDir: string },
): Promise<SecondLook> {
  const stages = await openStages(path.dirname(modelDir), cropping, ground);
  let opened: OpenedModel<Backbone>;
  try {
    opened = await openModel(modelDir, { ...ground, canvas: cropping.canvas, ofCrops: true });
  } catch (error) {
    await stages.close();
    throw error;
  }
  const found = stages.detector.classes.map(({ id }) => id);
  const places = opened.card.classes.map(({ id }) => found.indexOf(id));
  const look: Look = { ...stages, opened, cropping, places };
  return {
    stream: (options) => streamLooks(look, options),
    close: async () => {
      opened.model.dispose();
      await stages.close();
    },
  };
}

interface Look extends OpenedStages {
  readonly opened: OpenedModel<Backbone>;
  readonly cropping: Cropping;
  /** Where each of its classes is among the detector's, −1 for one that does not know it. */
  readonly places: readonly number[];
}

async function* streamLooks(
  look: Look,
  options: Omit<VerdictOptions, 'members'>,
): AsyncGenerator<StreamedVerdict, void, undefined> {
  const { limits, images, signal } = options;
  const asked = {
    minScore: Math.min(limits.minScore, LEAST_LOOKED_AT),
    maxDetections: Math.max(limits.maxDetections, MOST_LOOKED_AT),
  };
  const one = async (item: StreamedVerdict): Promise<StreamedVerdict> => {
    if ('error' in item) return item;
    try {
      const image = images[item.index] as EngineImage;
      const detections = await lookAgain(look, image, item.verdict.detections, limits);
      return { index: item.index, verdict: { detections, imageProbabilities: null } };
    } catch (error) {
      return { index: item.index, error };
    }
  };
  const queue: Promise<StreamedVerdict>[] = [];
  try {
    for await (const item of streamVerdicts({ ...options, members: look.detector, limits: asked })) {
      queue.push(one(item));
      if (queue.length >= AHEAD) yield await (queue.shift() as Promise<StreamedVerdict>);
    }
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (signal?.aborted === true) throw cancelled();
      yield await next;
    }
  } finally {
    // The models are closed after this: nothing may still be running in them.
    await Promise.all(queue);
  }
}

/** The boxes of one photograph under their new classes, surest first. */
async function lookAgain(
  look: Look,
  image: EngineImage,
  found: readonly EngineDetection[],
  limits: Limits,
): Promise<EngineDetection[]> {
  const { cropping } = look;
  const looked = found.filter(({ score }) => score >= LEAST_LOOKED_AT).slice(0, MOST_LOOKED_AT);
  const rest = found.slice(looked.length).flatMap((box) => renameOnly(look.places, box));
  const shares = await judgeCrops(look, image, looked);
  const named = looked.flatMap((box, i) =>
    weighClasses(box, shares[i] as readonly number[], look.places, cropping),
  );
  return suppressOverlaps(
    [...named, ...rest].filter(({ score }) => score >= limits.minScore),
    {
      sameClassIou: SAME_CLASS_IOU,
      otherClassIou: OTHER_CLASS_IOU,
      maxDetections: limits.maxDetections,
    },
  );
}

/** A box under this model's number of its class; none for a class it does not know. */
function renameOnly(places: readonly number[], box: EngineDetection): EngineDetection[] {
  const classIndex = places.indexOf(box.classIndex);
  const probabilities = places.map((place) => box.probabilities[place] ?? 0);
  return classIndex < 0 ? [] : [{ ...box, classIndex, probabilities }];
}

/** Of each box, a probability a class and, last, of "nothing here". */
async function judgeCrops(
  { opened, leveller, cropping }: Look,
  image: EngineImage,
  boxes: readonly EngineDetection[],
): Promise<(readonly number[])[]> {
  if (boxes.length === 0) return [];
  const lies = await leveller.findLies(image, boxes);
  const regions = boxes.map((box, i) => surroundFish(box, { ...cropping, lie: lies[i] ?? null }));
  const { model, recipe, task, features } = opened;
  const kept = { backbone: features, canvas: cropping.canvas, taps: recipe.taps };
  const maps = await computeCropFeatures(kept, image, regions);
  const source = { shape: (name: string) => findTap(task, name) };
  const judged = runModel(
    { model, recipe, source, canvas: cropping.canvas },
    { plain: recipe.taps.map((name) => maps.get(name) as Float32Array) },
    regions.map((region) => toCropImage(image, region)),
    { minScore: 1, maxDetections: 0 },
  );
  return judged.map(({ imageProbabilities }) => imageProbabilities ?? []);
}
