/** Every meaning of an output that has a decoded form. To add one: its kind in `recipes/output-meaning.ts`, its file, its line here. */
import type { OutputMeaning } from '../../recipes/output-meaning.ts';
import { boxDecoder } from './box.outputs.ts';
import { centreDecoder } from './centre.outputs.ts';
import { classDecoder, classMapDecoder } from './class.outputs.ts';
import type { DecodeTask, ExportedOutput, OutputDecoder, RawOutput } from './output-decoder.ts';

const decoders: { readonly [Kind in OutputMeaning['kind']]: OutputDecoder<Kind> } = {
  'class-logits': classDecoder,
  'class-map': classMapDecoder,
  'box-fractions': boxDecoder,
  'centre-map': centreDecoder,
};

/** Decoded outputs of everything the raw ones mean. */
export function decodeOutputs(outputs: readonly RawOutput[], task: DecodeTask): ExportedOutput[] {
  // Each decoder is given outputs of its own kind alone, which the compiler cannot see through the list.
  return (Object.values(decoders) as unknown as OutputDecoder[]).flatMap((decoder) => {
    const own = outputs.filter(({ meaning }) => meaning.kind === decoder.kind);
    return own.length === 0 ? [] : decoder.decode(own, task);
  });
}
