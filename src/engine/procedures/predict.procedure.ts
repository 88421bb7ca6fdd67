/** Suggestions of a trained model: photographs stream through decode, backbone and head; results go out as they come. */
import type { JobProgress } from '../../core/jobs.ts';
import { openBackboneOfModels } from '../backbones/backbone-library.ts';
import { checkCanvas } from '../backbones/load-backbone.ts';
import type { StreamedVerdict } from '../ensemble/stream-verdicts.ts';
import { faultOf, type ImageFault, isItemFault } from '../features/ensure-features.ts';
import type { EngineImage, EngineInput, EngineOutput, ImagePrediction } from '../messages.ts';
import type { Procedure, ProcedureContext } from './procedure.ts';

/** Results wait at most this long, or for this many, before they are told. */
const TELL_EVERY_MS = 100;
const TELL_COUNT = 64;

export const predict: Procedure<'predict'> = async (input, context) => {
  const [{ openVerdicts }, { selectBackend }, backbone] = await Promise.all([
    import('../crops/open-verdicts.ts'),
    import('../backends/select-backend.ts'),
    openBackboneOfModels(input.backbone),
  ]);
  checkCanvas(backbone, input.canvas);
  await selectBackend();
  const { canvas, featuresDir, minScore, maxDetections } = input;
  const model = await openVerdicts(input.modelDir, { backbone, canvas, featuresDir });
  try {
    const limits = { minScore, maxDetections };
    return await tellAll(input, context, model.stream({ ...input, limits, signal: context.signal }));
  } finally {
    await model.close();
  }
};

async function tellAll(
  input: EngineInput<'predict'>,
  context: ProcedureContext,
  verdicts: AsyncIterable<StreamedVerdict>,
): Promise<EngineOutput<'predict'>> {
  const { images } = input;
  const failed: ImageFault[] = [];
  const teller = createTeller(context);
  const startMs = performance.now();
  let done = 0;
  for await (const item of verdicts) {
    const image = images[item.index] as EngineImage;
    if ('verdict' in item) teller.push({ imageId: image.id, ...item.verdict });
    else if (isItemFault(item.error)) failed.push(faultOf(image, item.error));
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
