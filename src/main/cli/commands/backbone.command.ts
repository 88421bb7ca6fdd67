/** `backbone list`, `add` and `remove`: the nets this user's projects can take their features from. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type BackboneInfo, backboneInfoSchema, backboneRequestSchema } from '../../../core/learning.ts';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import type { Output } from '../output.ts';
import { runJob } from '../run-job.ts';

export const backboneListCommand: CliCommand = {
  name: 'backbone list',
  summary: 'list the nets that features can come from',
  define: (command) => command,
  run: (context) =>
    withHost(undefined, async (host) => {
      const backbones = await host.listBackbones();
      for (const backbone of backbones) present(context.output, backbone);
      return { backbones };
    }),
};

/** `0.485,0.456,0.406` as numbers. */
const numbers = z
  .string()
  .transform((text) => text.split(/[\s,]+/).map(Number))
  .refine(
    (list) => list.length === 3 && list.every(Number.isFinite),
    'must be three numbers, for example 104,117,123',
  )
  .optional();
const addOptionsSchema = backboneRequestSchema.omit({ from: true }).extend({ mean: numbers, std: numbers });

export const backboneAddCommand: CliCommand = {
  name: 'backbone add',
  summary: 'make any convolutional classifier in ONNX form a backbone, from a file or an address',
  define: (command) =>
    command
      .argument('<file-or-url>', 'an ONNX file, or the address of one')
      .option('--sha256 <hex>', 'checksum the file must have; needed for an address')
      .option('--id <name>', 'name to add it under; the file’s when left out')
      .option('--normalisation <name>', 'how it wants its pixels: imagenet, caffe, symmetric, unit or bytes')
      .option('--mean <r,g,b>', 'subtracted, in the net’s own order of colours')
      .option('--std <r,g,b>', 'divided by, in the net’s own order of colours')
      .option('--scale <range>', 'range of the pixels: 0..1 or 0..255')
      .option('--colour <order>', 'RGB or BGR')
      .option('--licence <text>', 'licence of its weights, kept beside it'),
  run: (context, [from = ''], options) => {
    const asked = addOptionsSchema.parse(options);
    // A drive letter and a colon is no address.
    const isAddress = /^[a-z][a-z0-9+.-]+:\/\//i.test(from) && !existsSync(from);
    const request = { ...asked, from: isAddress ? from : path.resolve(from) };
    return withHost(undefined, async (host) => {
      const result = await runJob(host, context, () => host.startBackboneAdd(request));
      const added = backboneInfoSchema.parse(result);
      context.output.say('Added:');
      present(context.output, added);
      context.output.say(`Use it in a project: catchlight features PROJECT --backbone ${added.id}`);
      return { ...added };
    });
  },
};

export const backboneRemoveCommand: CliCommand = {
  name: 'backbone remove',
  summary: 'take an added backbone away; features computed with it stay in their projects',
  define: (command) => command.argument('<id>', 'its name, as listed'),
  run: (context, [id = '']) =>
    withHost(undefined, async (host) => {
      await host.removeBackbone({ id });
      context.output.say(`${id} was removed.`);
      return { id, removed: true };
    }),
};

function present(output: Output, backbone: BackboneInfo): void {
  const { id, version, embedded, licence, taps, normalisation, from, error } = backbone;
  output.say(`${id} ${version}${embedded ? ' (came with the studio)' : ''}`);
  if (error !== null) {
    output.say(`  cannot be used: ${error.message}`);
    return;
  }
  output.say(`  maps: ${taps.map(({ name, channels }) => `${name} × ${channels}`).join(', ')}`);
  output.say(`  fed:  ${normalisation}`);
  output.say(`  licence: ${licence}${from === null ? '' : `; from ${from}`}`);
}
