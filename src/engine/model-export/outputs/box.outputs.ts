/** The one box of a photograph. */
import type { OutputDecoder } from './output-decoder.ts';

export const boxDecoder: OutputDecoder<'box-fractions'> = {
  kind: 'box-fractions',
  decode: ([output], { graph, canvas: { widthPx, heightPx } }) => {
    if (output === undefined) return [];
    // x = (centre − width / 2) · canvas width, and so on: one product.
    const matrix = [
      widthPx,
      0,
      0,
      0,
      0,
      heightPx,
      0,
      0,
      -widthPx / 2,
      0,
      widthPx,
      0,
      0,
      -heightPx / 2,
      0,
      heightPx,
    ];
    graph.node('MatMul', [output.tensor.name, graph.floats(matrix, [4, 4])], {}, 'box');
    const meaning =
      'The one box of a photograph: left, top, width, height in pixels of the canvas. It means something where "nothing here" is unlikely; cut it to the part of the canvas that shows the photograph.';
    return [{ name: 'box', shape: ['n', 4], meaning }];
  },
};
