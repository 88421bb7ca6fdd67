/** Writes a trained model as one ONNX file, after running it beside the model itself. */
import { loadBackbone } from '../backbones/load-backbone.ts';
import { throwIfCancelled } from '../train/cancel.ts';
import type { Procedure } from './procedure.ts';

export const exportModel: Procedure<'exportModel'> = async ({ modelDir, canvas, file }, context) => {
  const [
    { openModel },
    { selectBackend },
    { exportModel: write },
    { checkExport },
    { writeFileWhole },
    backbone,
  ] = await Promise.all([
    import('../train/load-model.ts'),
    import('../backends/select-backend.ts'),
    import('../model-export/export-model.ts'),
    import('../model-export/check-export.ts'),
    import('../train/array-file.ts'),
    loadBackbone(),
  ]);
  await selectBackend();
  const opened = await openModel(modelDir, { backbone, canvas });
  try {
    const exported = write(opened, backbone);
    throwIfCancelled(context.signal);
    const difference = await checkExport(exported, opened, backbone);
    throwIfCancelled(context.signal);
    await writeFileWhole(file, exported.bytes);
    return { bytes: exported.bytes.length, difference, outputs: exported.outputs.map(({ name }) => name) };
  } finally {
    opened.model.dispose();
  }
};
