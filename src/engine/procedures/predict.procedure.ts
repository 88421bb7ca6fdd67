/** Suggestions of a trained model: photographs stream through decode, backbone and head; results go out as they come. */
import type { JobProgress } from '../../core/jobs.ts';
import { openBackbone } from '../backbones/backbone-library.ts';
import { type Backbone, checkCanvas } from '../backbones/load-backbone.ts';
import { streamFeatures } from '../features/compute-features.ts';
import { faultOf, type ImageFault, isItemFault } from '../features/ensure-features.ts';
import { type FeatureStore, openFeatureStore } from '../features/feature-store.ts';
import { streamFrames } from '../features/stream-frames.ts';
import type { EngineImage, EngineInput, EngineOutput, ImagePrediction } from '../messages.ts';
import type { LoadedModel } from '../train/load-model.ts';
import type { Procedure, ProcedureContext } from './procedure.ts';

/** Results wait at most this long, or for this many, before they are told. */
const TELL_EVERY_MS = 100;
const TELL_COUNT = 64;

export const predict: Procedure<'predict'> = async (input, context) => {
  const [{ loadModel }, { selectBackend }, backbone] = await Promise.all([
    import('../train/load-model.ts'),
    import('../backends/select-backend.ts'),
    openBackbone(input.backbone),
  ]);
  checkCanvas(backbone, input.canvas);
  await selectBackend();
  const { featuresDir, canvas } = input;
  const model = await loadModel(input.modelDir, { backbone, canvas });
  try {
    const store = await openFeatureStore({ featuresDir, backbone: model.features, canvas });
    try {
      return await predictAll(input, context, { backbone: model.features, store, model });
    } finally {
      await store.close();
    }
  } finally {
    model.dispose();
  }
};

interface Parts {
  readonly backbone: Backbone;
  readonly store: FeatureStore;
  readonly model: LoadedModel;
}

async function predictAll(
  input: EngineInput<'predict'>,
  context: ProcedureContext,
  { backbone, store, model }: Parts,
): Promise<EngineOutput<'predict'>> {
  const { images, canvas, minScore, maxDetections } = input;
  const failed: ImageFault[] = [];
  const teller = createTeller(context);
  const startMs = performance.now();
  let done = 0;
  const stream = { backbone, canvas, images, store, signal: context.signal };
  const { frames: view, taps } = model;
  const items =
    view === undefined
      ? streamFeatures(stream)
      : streamFrames({ ...stream, view, taps, neighbours: input.neighbours ?? [] });
  for await (const item of items) {
    const image = images[item.index] as EngineImage;
    if ('maps' in item) {
      teller.push({
        imageId: image.id,
        ...model.predictWindow(item.maps, image, { minScore, maxDetections }),
      });
    } else if (isItemFault(item.error)) failed.push(faultOf(image, item.error));
    else throw item.error;
    done++;
    context.onProgress(progressOf(input, done, performance.now() - startMs));
  }
  teller.flush();
  return { images: done - failed.length, failed };
}

function progressOf(input: EngineInput<'predict'>, done: number, elapsedMs: number): JobProgress {
  const total = input.images.length;
  return { phase: 'predict', done, total, unit: 'images', etaMs: (elapsedMs / done) * (total - done) };
}

/** Collects results so that a message carries many. */
function createTeller(context: ProcedureContext): {
  push(item: ImagePrediction): void;
  flush(): void;
} {
  let waiting: ImagePrediction[] = [];
  let lastMs = performance.now();
  const flush = (): void => {
    if (waiting.length > 0) context.onItems(waiting);
    waiting = [];
    lastMs = performance.now();
  };
  return {
    push: (item) => {
      waiting.push(item);
      if (waiting.length >= TELL_COUNT || performance.now() - lastMs >= TELL_EVERY_MS) flush();
    },
    flush,
  };
}
