/** `export-model PROJECT --out FILE.onnx`: a trained model as one ONNX file that runs anywhere. */
import path from 'node:path';
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { modelExportResultSchema } from '../results.ts';
import { runJob } from '../run-job.ts';

const optionsSchema = z.object({ model: z.string().optional(), out: z.string() });

export const exportModelCommand: CliCommand = {
  name: 'export-model',
  summary: 'write a trained model, backbone included, as one ONNX file that runs anywhere',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .requiredOption('--out <file>', 'the .onnx file to write')
      .option('--model <id>', 'the model; the one that suggests when left out'),
  run: (context, [project = ''], options) => {
    const { model, out } = optionsSchema.parse(options);
    const file = path.resolve(out);
    return withHost(project, async (host) => {
      const result = modelExportResultSchema.parse(
        await runJob(host, context, () => host.startModelExport({ modelId: model, file })),
      );
      context.output.say(
        `${(result.bytes / 1e6).toFixed(1)} MB to ${result.file}: outputs ${result.outputs.join(', ')}. Run beside the model it differs by ${result.difference.toExponential(1)}.`,
      );
      return result;
    });
  },
};
