/** Layers that join several inputs. */
import type { HeadTensor } from '../head-graph.ts';
import { type LayerCall, type LayerTranslators, untranslatable } from '../layer-translator.ts';

/** All inputs in the layout of the first map among them: maps of one layer must lie alike. */
function alike(call: LayerCall): readonly HeadTensor[] {
  const layout = call.inputs[0]?.layout;
  return call.inputs.map((x) =>
    layout === 'NCHW' ? call.graph.channelsFirst(x) : call.graph.channelsLast(x),
  );
}

/** Element by element, with inputs of one number of dimensions. */
function combine(call: LayerCall, op: 'Sum' | 'Mul' | 'Mean' | 'Max' | 'Min'): HeadTensor {
  const inputs = alike(call);
  const [first, ...others] = inputs;
  if (first === undefined || others.some((x) => x.shape.length !== first.shape.length))
    throw untranslatable(call, 'its inputs have different numbers of dimensions');
  const name =
    op === 'Mul'
      ? others.reduce((product, x) => call.graph.node('Mul', [product, x.name]), first.name)
      : call.graph.node(
          op,
          inputs.map((x) => x.name),
        );
  return { name, shape: call.shape, layout: first.layout };
}

export const mergeLayers: LayerTranslators = {
  Add: (call) => combine(call, 'Sum'),
  Multiply: (call) => combine(call, 'Mul'),
  Average: (call) => combine(call, 'Mean'),
  Maximum: (call) => combine(call, 'Max'),
  Minimum: (call) => combine(call, 'Min'),
  Concatenate: (call) => {
    const inputs = alike(call);
    const rank = call.shape.length;
    const axis = (call.config.axis as number | undefined) ?? -1;
    const own = axis < 0 ? axis + rank : axis;
    const layout = inputs[0]?.layout ?? 'plain';
    const placed = layout === 'NCHW' ? ([0, 2, 3, 1][own] ?? own) : own;
    const names = inputs.map((x) => x.name);
    return { name: call.graph.node('Concat', names, { axis: placed }), shape: call.shape, layout };
  },
};
