/** Writes a trained model as one ONNX file, after running it beside the model itself. */
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
    backbone,
  ] = await Promise.all([
    import('../train/load-model.ts'),
    import('../crops/open-verdicts.ts'),
    import('../backends/select-backend.ts'),
    import('../model-export/export-model.ts'),
    import('../model-export/check-export.ts'),
    import('../train/array-file.ts'),
    openBackboneOfModels(id),
  ]);
  await selectBackend();
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
