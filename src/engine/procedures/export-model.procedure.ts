/** Writes a trained model, or an ensemble of them, as one ONNX file, after running it beside the models themselves. */
import { openBackboneOfModels } from '../backbones/backbone-library.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import type { Procedure } from './procedure.ts';

export const exportModel: Procedure<'exportModel'> = async (
  { modelDir, canvas, backbone: id, file },
  context,
) => {
  const [
    { openModel },
    { findCropping },
    { selectBackend },
    { exportModel: write },
    { checkExport },
    { writeFileWhole },
    { findEnsemble },
    { exportEnsemble },
    backbone,
  ] = await Promise.all([
    import('../train/load-model.ts'),
    import('../crops/open-verdicts.ts'),
    import('../backends/select-backend.ts'),
    import('../model-export/export-model.ts'),
    import('../model-export/check-export.ts'),
    import('../train/array-file.ts'),
    import('../ensemble/ensemble-file.ts'),
    import('../model-export/export-ensemble.ts'),
    openBackboneOfModels(id),
  ]);
  await selectBackend();
  const ensemble = await findEnsemble(modelDir);
  if (ensemble !== undefined) {
    const joined = await exportEnsemble(modelDir, ensemble, { backbone, canvas });
    try {
      let difference = 0;
      for (const { exported, opened } of joined.parts) {
        throwIfCancelled(context.signal);
        difference = Math.max(difference, await checkExport(exported, opened));
      }
      throwIfCancelled(context.signal);
      await writeFileWhole(file, joined.bytes);
      return { bytes: joined.bytes.length, difference, outputs: joined.outputs.map(({ name }) => name) };
    } finally {
      joined.dispose();
    }
  }
  const cropping = await findCropping(modelDir);
  const ground = cropping === undefined ? { canvas } : { canvas: cropping.canvas, ofCrops: true };
  const opened = await openModel(modelDir, { backbone, ...ground });
  try {
    const exported = write(opened);
    throwIfCancelled(context.signal);
    const difference = await checkExport(exported, opened);
    throwIfCancelled(context.signal);
    await writeFileWhole(file, exported.bytes);
    return { bytes: exported.bytes.length, difference, outputs: exported.outputs.map(({ name }) => name) };
  } finally {
    opened.model.dispose();
  }
};
