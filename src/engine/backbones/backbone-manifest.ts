/** What a backbone's manifest says: how to feed the net, where its taps are, whose it is. */
import { z } from 'zod';

const triple = z.tuple([z.number(), z.number(), z.number()]);

export const backboneManifestSchema = z.object({
  id: z.string().min(1),
  version: z.string().min(1),
  /** File name beside the manifest. */
  file: z.string().regex(/^[\w.-]+$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.string(),
  input: z.object({
    name: z.string().default('image'),
    layout: z.literal('NCHW'),
    /** Subtracted from and divided into values of `scale`. */
    mean: triple,
    std: triple.refine((std) => std.every((value) => value > 0), 'every std must be positive'),
    scale: z.enum(['0..1', '0..255']),
    colour: z.enum(['RGB', 'BGR']),
    multipleOf: z.number().int().positive(),
  }),
  taps: z
    .array(
      z.object({
        name: z.string().regex(/^\w+$/),
        stride: z.number().int().positive(),
        channels: z.number().int().positive(),
        /** Cells beyond pixels / stride; only inside nets, where a frozen part ends before its edges are trimmed. */
        extra: z.object({ height: z.number().int(), width: z.number().int() }).optional(),
      }),
    )
    .min(1),
  /** Of a net somebody added: what it was made from and what was taken for granted. */
  source: z
    .object({
      /** Address or file name. */
      from: z.string(),
      /** Of the file as it was published, before it was cut. */
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** In a sentence: where the normalisation comes from. */
      normalisation: z.string(),
      /** Zeros laid around the picture inside the net, in pixels; only where its windows are not padded. */
      border: z.object({ before: z.number().int(), after: z.number().int() }),
      /** Tensor of the original graph each tap is, by name of the tap. */
      tensors: z.record(z.string(), z.string()),
    })
    .optional(),
});
export type BackboneManifest = z.infer<typeof backboneManifestSchema>;
