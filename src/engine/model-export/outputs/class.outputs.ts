/** Classes of whole photographs, and of the cells of a map. */
import type { OutputDecoder } from './output-decoder.ts';

export const classDecoder: OutputDecoder<'class-logits'> = {
  kind: 'class-logits',
  decode: ([output], { graph, classes }) => {
    if (output === undefined) return [];
    graph.node('Softmax', [output.tensor.name], { axis: 1 }, 'probabilities');
    const meaning =
      'Probability of each class, in the order of the classes, and last of "nothing here"; each row sums to 1.';
    return [{ name: 'probabilities', shape: ['n', classes + 1], meaning }];
  },
};

export const classMapDecoder: OutputDecoder<'class-map'> = {
  kind: 'class-map',
  decode: ([output], { graph, classes }) => {
    if (output === undefined) return [];
    const { name, shape } = graph.channelsLast(output.tensor);
    graph.node('Softmax', [name], { axis: 3 }, 'class_map');
    const meaning =
      'Probability of each class, and last of "nothing here", in each cell of a grid laid evenly over the canvas.';
    return [{ name: 'class_map', shape: ['n', shape[1] ?? 'h', shape[2] ?? 'w', classes + 1], meaning }];
  },
};
