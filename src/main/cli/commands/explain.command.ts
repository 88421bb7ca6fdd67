/** `explain PROJECT --image REL --class NAME --out FILE.png`: where a model looks in one photograph. */
import path from 'node:path';
import { z } from 'zod';
import { explainMethodSchema } from '../../../core/explain.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';

const optionsSchema = z.object({
  image: z.string().min(1),
  class: z.string().min(1),
  out: z.string().min(1),
  model: z.string().optional(),
  method: explainMethodSchema.default('auto'),
  style: z.enum(['smooth', 'cells']).default('smooth'),
  bare: z.boolean().default(false),
});

const ways = {
  cam: 'the model’s own class map',
  gradient: 'the class output followed back to the features',
  occlusion: 'what hiding each place costs',
} as const;

export const explainCommand: CliCommand = {
  name: 'explain',
  summary: 'draw where a model looks in one photograph, as PNG',
  define: (command) =>
    command
      .argument('<project>', 'the project folder')
      .requiredOption('--image <path>', 'the photograph, from the project’s folder of photographs on')
      .requiredOption('--class <name>', 'a class, or “nothing”')
      .requiredOption('--out <file>', 'PNG to write')
      .option('--model <id>', 'the model; the one that suggests when left out')
      .option('--method <name>', 'auto, cam, gradient or occlusion', 'auto')
      .option('--style <name>', 'smooth, or cells as they were computed', 'smooth')
      .option('--bare', 'the map alone, clear where it is 0, to lie over the photograph'),
  run: (context, [project = ''], options) => {
    const { image, class: className, out, model, method, style, bare } = optionsSchema.parse(options);
    const file = path.resolve(out);
    return withHost(project, async (host) => {
      const { values, ...view } = await host.saveExplanation({
        imagePath: image,
        className,
        modelId: model,
        method,
        style,
        onPhotograph: !bare,
        file,
      });
      for (const { name, score, peak } of view.classes)
        context.output.say(
          `${name.padEnd(22)} ${score.toFixed(3)} for the photograph, ${peak.toFixed(3)} where it is strongest`,
        );
      context.output.say(
        `${className} by ${ways[view.method]}: ${view.grid.rows} × ${view.grid.columns} cells, colours from 0 to 1, in ${file}.`,
      );
      return { ...view, className, values, file };
    });
  },
};
