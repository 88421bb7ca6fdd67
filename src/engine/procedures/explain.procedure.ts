/** Where a trained model looks in one photograph; its features are taken from the store where it holds them. */
import { openBackboneOfModels } from '../backbones/backbone-library.ts';
import { checkCanvas } from '../backbones/load-backbone.ts';
import { streamFeatures } from '../features/compute-features.ts';
import { openFeatureStore } from '../features/feature-store.ts';
import { placeImage } from '../features/letterbox.ts';
import type { Procedure } from './procedure.ts';

export const explain: Procedure<'explain'> = async (input, context) => {
  const [{ openModel }, { explain: explainImage }, { selectBackend }, backbone] = await Promise.all([
    import('../train/load-model.ts'),
    import('../explain/explain.ts'),
    import('../backends/select-backend.ts'),
    openBackboneOfModels(input.backbone),
  ]);
  const { canvas, image, method, modelDir, featuresDir } = input;
  checkCanvas(backbone, canvas);
  await selectBackend();
  const { model, recipe, task, features } = await openModel(modelDir, { backbone, canvas });
  try {
    const store = await openFeatureStore({ featuresDir, backbone: features, canvas });
    try {
      const stream = streamFeatures({
        backbone: features,
        canvas,
        images: [image],
        store,
        signal: context.signal,
      });
      const { value: item } = await stream.next();
      if (item === undefined || 'error' in item) throw item?.error;
      const placement = placeImage(image, canvas);
      const { method: taken, ...found } = await explainImage(
        { model, recipe, task, image, placement, maps: item.maps },
        method,
        {
          signal: context.signal,
          onRuns: (done, total) =>
            context.onProgress({ phase: 'explain', done, total, unit: 'runs', etaMs: null }),
        },
      );
      return { method: taken, grid: found.grid, scores: [...found.scores], maps: [...found.maps] };
    } finally {
      await store.close();
    }
  } finally {
    model.dispose();
  }
};
