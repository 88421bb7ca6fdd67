/** Where classifiers are cut, and how their maps come to lie over a photograph. */
import { describe, expect, it } from 'vitest';
import { toAppErrorData } from '../../src/core/errors.ts';
import { cutClassifier, planCut } from '../../src/engine/backbones/cut-classifier.ts';
import { readOnnxGraph } from '../../src/engine/backbones/onnx-graph.ts';
import { findImageInput, followGrids, type MapGrid } from '../../src/engine/backbones/onnx-grids.ts';
import {
  ELEMENT,
  type OnnxNode,
  type OnnxTensor,
  writeOnnx,
} from '../../src/engine/backbones/onnx-writer.ts';
import {
  type Classifier,
  googLeNet,
  inceptionV3,
  resnet50,
  squeezeNet,
  vgg16,
} from '../helpers/classifiers.ts';
import { NetBuilder } from '../helpers/net-builder.ts';

function planOf({ net, output }: Classifier) {
  const graph = net.toGraphData(output);
  const plan = planCut(graph);
  const opOf = (tensor: string) => graph.nodes.find((node) => node.outputs.includes(tensor))?.opType;
  return { ...plan, cells: plan.taps.map((tap) => [tap.name, tap.channels, opOf(tap.tensor)]) };
}

const code = (run: () => unknown): string => {
  try {
    run();
    return 'nothing was thrown';
  } catch (error) {
    return toAppErrorData(error).code;
  }
};

describe('the taps of the published classifiers', () => {
  it('are the last bottleneck of each stride, after its activation and before the classifier', () => {
    const vgg = [
      ['s8', 512, 'Relu'],
      ['s16', 512, 'Relu'],
      ['s32', 512, 'MaxPool'],
    ];
    expect(planOf(vgg16()).cells).toEqual(vgg);
    expect(planOf(vgg16({ norm: true })).cells).toEqual(vgg);
    expect(planOf(resnet50()).cells).toEqual([
      ['s8', 512, 'Relu'],
      ['s16', 1024, 'Relu'],
      ['s32', 2048, 'Relu'],
    ]);
    expect(planOf(googLeNet()).cells).toEqual([
      ['s8', 480, 'Concat'],
      ['s16', 832, 'Concat'],
      ['s32', 1024, 'Concat'],
    ]);
    expect(planOf(inceptionV3()).cells).toEqual([
      ['s8', 288, 'Concat'],
      ['s16', 768, 'Concat'],
      ['s32', 2048, 'Concat'],
    ]);
    expect(planOf(squeezeNet()).cells).toEqual([
      ['s8', 256, 'Concat'],
      ['s16', 512, 'Concat'],
    ]);
  });

  it('beyond the last stride of a net are averages, so that recipes of whole photographs work on it too', () => {
    const { averaged, multipleOf } = planOf(squeezeNet());
    expect(averaged).toEqual([{ name: 's32', stride: 32, channels: 512, tensor: 's16' }]);
    expect(multipleOf).toBe(32);
    for (const net of [vgg16(), resnet50(), googLeNet(), inceptionV3()])
      expect(planOf(net).averaged).toEqual([]);
  });

  it('need a border only where windows are not padded, and it brings the cells to their pixels', () => {
    for (const net of [vgg16(), resnet50(), googLeNet()])
      expect(planOf(net).border).toEqual({ before: 0, after: 0 });
    for (const [net, width] of [
      [squeezeNet(), 15],
      [inceptionV3(), 43],
    ] as const) {
      const plan = planOf(net);
      expect(plan.border.before + plan.border.after).toBe(width);
      const graph = net.net.toGraphData(net.output);
      const grids = followGrids(graph, findImageInput(graph), plan.border);
      for (const tap of plan.taps) {
        const { y } = grids.get(tap.tensor) as MapGrid;
        const trim = plan.trims.get(tap.name);
        expect(y.extra).toBe((trim?.y.before ?? 0) + (trim?.y.after ?? 0));
        const first = y.centrePx + (trim?.y.before ?? 0) * tap.stride;
        expect(Math.abs(first - (tap.stride - 1) / 2)).toBeLessThan(tap.stride / 4);
      }
    }
  });

  it('stay what they are when a cut net is cut again', () => {
    const { net, output } = resnet50({ width: 1 / 16, classes: 5 });
    const once = cutClassifier(net.toOnnx(output));
    const twice = cutClassifier(once.bytes);
    const names = ({ taps }: typeof once) =>
      taps.map(({ name, stride, channels }) => [name, stride, channels]);
    expect(names(twice)).toEqual(names(once));
    expect(once.bytes.length).toBeLessThan(net.toOnnx(output).length);
  });
});

/** A net of one convolution a stride, as `[n, height, width, 3]` or with the gate of a squeeze-and-excitation block. */
function smallNet(options: {
  turned?: boolean;
  gate?: boolean;
  between?: OnnxNode;
  opset?: number;
}): Uint8Array {
  const constants: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  let x = 'picture';
  if (options.turned === true) {
    nodes.push({ op: 'Transpose', inputs: [x], outputs: ['planes'], attributes: { perm: [0, 3, 1, 2] } });
    x = 'planes';
  }
  for (let i = 0; i < 3; i++) {
    const shape = [4, i === 0 ? 3 : 4, 2, 2];
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.25);
    constants.push({ name: `w${i}`, type: ELEMENT.float, shape, bytes: new Uint8Array(values.buffer) });
    nodes.push({ op: 'Conv', inputs: [x, `w${i}`], outputs: [`c${i}`], attributes: { strides: [2, 2] } });
    x = `c${i}`;
  }
  if (options.gate === true) {
    nodes.push(
      { op: 'ReduceMean', inputs: [x], outputs: ['mean'], attributes: { axes: [2, 3], keepdims: 1 } },
      { op: 'Sigmoid', inputs: ['mean'], outputs: ['gate'] },
      { op: 'Mul', inputs: [x, 'gate'], outputs: ['s8'] },
    );
    x = 's8';
  }
  if (options.between !== undefined) nodes.push(options.between);
  nodes.push({ op: 'GlobalAveragePool', inputs: [options.between?.outputs[0] ?? x], outputs: ['scores'] });
  const shape = options.turned === true ? [1, 64, 64, 3] : ['n', 3, 'h', 'w'];
  return writeOnnx(
    {
      name: 'small',
      inputs: [{ name: 'picture', type: ELEMENT.float, shape }],
      outputs: [{ name: 'scores', type: ELEMENT.float, shape: [1, 4, 1, 1] }],
      nodes,
      constants,
    },
    options.opset,
  );
}

describe('cutting a classifier', () => {
  it('takes a net that eats pixels row by row at the tensor where it has turned them', () => {
    const graph = readOnnxGraph(cutClassifier(smallNet({ turned: true, gate: true })).bytes);
    expect(graph.inputs.map(({ name, shape }) => [name, shape])).toEqual([['image', ['n', 3, 'h', 'w']]]);
    expect(graph.nodes.map((node) => node.opType)).not.toContain('Transpose');
  });

  it('follows the gates of squeeze-and-excitation blocks', () => {
    const { taps } = cutClassifier(smallNet({ gate: true }));
    expect(taps.map(({ stride, channels, tensor }) => [stride, channels, tensor])).toEqual([[8, 4, 's8']]);
  });

  it('says which operation it could not follow when that leaves no tap', () => {
    const between: OnnxNode = {
      op: 'DepthToSpace',
      inputs: ['c1'],
      outputs: ['d'],
      attributes: { blocksize: 2 },
    };
    expect(code(() => cutClassifier(smallNet({ between })))).toBe('backbone/no-taps');
  });

  it('refuses nets that do not look at one colour picture, and operations too old to run', () => {
    const grey = new NetBuilder();
    const output = grey.conv('image', 4, 3);
    const graph = grey.toGraphData(output);
    const withInput = (shapes: readonly (readonly number[])[]) => ({
      ...graph,
      inputs: shapes.map((shape, i) => ({
        name: i === 0 ? 'image' : `more${i}`,
        dataType: 'float32' as const,
        shape,
      })),
    });
    for (const shapes of [[[1, 1, 28, 28]], [[1, 3, 8, 8], [1]], [[1, 300]], [[1, 28, 28, 3]], []])
      expect(code(() => planCut(withInput(shapes)))).toBe('backbone/no-image-input');
    expect(code(() => cutClassifier(smallNet({ opset: 6 })))).toBe('backbone/old-opset');
  });
});
