/** The published classifiers, layer by layer, with weights drawn at random: VGG16, ResNet-50, SqueezeNet, GoogLeNet and Inception v3. */
import { NetBuilder, type NetOptions } from './net-builder.ts';

/** A net and the name of its class scores. */
export interface Classifier {
  readonly net: NetBuilder;
  readonly output: string;
}

/** Simonyan & Zisserman (2015), configuration D; `norm` adds a batch norm behind each convolution, `headless` leaves out the dense layers. */
export function vgg16(options: NetOptions & { norm?: boolean; headless?: boolean } = {}): Classifier {
  const net = new NetBuilder(options);
  let x = 'image';
  for (const [channels, layers] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ] as const) {
    for (let i = 0; i < layers; i++) {
      const y = net.conv(x, channels, 3);
      x = net.relu(options.norm === true ? net.norm(y) : y);
    }
    x = net.pool('MaxPool', x, 2);
  }
  if (options.headless === true) return { net, output: x };
  const cells = ((options.sidePx ?? 224) / 32) ** 2;
  const flat = net.op('Flatten', [x], { axis: 1 });
  const fc6 = net.relu(net.gemm(flat, net.channels(x) * cells, net.scaled(4096)));
  const fc7 = net.relu(net.gemm(net.op('Dropout', [fc6]), net.scaled(4096), net.scaled(4096)));
  return { net, output: net.gemm(net.op('Dropout', [fc7]), net.scaled(4096), options.classes ?? 1000) };
}

function globalHead(net: NetBuilder, x: string, classes = 1000): Classifier {
  const pooled = net.op('Flatten', [net.op('GlobalAveragePool', [x])], { axis: 1 });
  return { net, output: net.gemm(pooled, net.channels(x), classes) };
}

/** He et al. (2016), the stride of a stage in its 3 × 3 convolution, as most files have it. */
export function resnet50(options: NetOptions = {}): Classifier {
  const net = new NetBuilder(options);
  let x = net.pool('MaxPool', net.convNormRelu('image', 64, 7, { stride: 2 }), 3, { stride: 2, pad: 1 });
  for (const [channels, blocks, first] of [
    [64, 3, 1],
    [128, 4, 2],
    [256, 6, 2],
    [512, 3, 2],
  ] as const) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? first : 1;
      const inner = net.convNormRelu(net.convNormRelu(x, channels, 1), channels, 3, { stride });
      const outer = net.norm(net.conv(inner, channels * 4, 1, { bias: false }));
      const past = block === 0 ? net.norm(net.conv(x, channels * 4, 1, { stride, bias: false })) : x;
      x = net.relu(net.add(outer, past));
    }
  }
  return globalHead(net, x, options.classes);
}

/** Iandola et al. (2016), version 1.1; its windows are not padded and its classifier is a convolution. */
export function squeezeNet(options: NetOptions = {}): Classifier {
  const net = new NetBuilder(options);
  const convRelu = (x: string, to: number, kernel: number): string => net.relu(net.conv(x, to, kernel));
  let x = net.relu(net.conv('image', 64, 3, { stride: 2, pad: 0 }));
  for (const [i, [squeeze, expand]] of (
    [
      [16, 64],
      [16, 64],
      [32, 128],
      [32, 128],
      [48, 192],
      [48, 192],
      [64, 256],
      [64, 256],
    ] as const
  ).entries()) {
    if (i === 0 || i === 2 || i === 4) x = net.pool('MaxPool', x, 3, { stride: 2 });
    const squeezed = convRelu(x, squeeze, 1);
    x = net.concat(convRelu(squeezed, expand, 1), convRelu(squeezed, expand, 3));
  }
  const scores = net.relu(net.conv(net.op('Dropout', [x]), options.classes ?? 1000, 1));
  return { net, output: net.op('Softmax', [net.op('GlobalAveragePool', [scores])], { axis: 1 }) };
}

/** Szegedy et al. (2015) as published for Caffe: pooling rounds up, local response normalisation, no auxiliary heads. */
export function googLeNet(options: NetOptions = {}): Classifier {
  const net = new NetBuilder(options);
  const convRelu = (x: string, to: number, kernel: number, stride = 1): string =>
    net.relu(net.conv(x, to, kernel, { stride }));
  const halve = (x: string): string => net.pool('MaxPool', x, 3, { stride: 2, up: true });
  const inception = (x: string, [one, three0, three, five0, five, proj]: readonly number[]): string =>
    net.concat(
      convRelu(x, one as number, 1),
      convRelu(convRelu(x, three0 as number, 1), three as number, 3),
      convRelu(convRelu(x, five0 as number, 1), five as number, 5),
      convRelu(net.pool('MaxPool', x, 3, { stride: 1, pad: 1 }), proj as number, 1),
    );
  let x = net.op('LRN', [halve(convRelu('image', 64, 7, 2))], { size: 5 });
  x = halve(net.op('LRN', [convRelu(convRelu(x, 64, 1), 192, 3)], { size: 5 }));
  const stages = [
    [
      [64, 96, 128, 16, 32, 32],
      [128, 128, 192, 32, 96, 64],
    ],
    [
      [192, 96, 208, 16, 48, 64],
      [160, 112, 224, 24, 64, 64],
      [128, 128, 256, 24, 64, 64],
      [112, 144, 288, 32, 64, 64],
      [256, 160, 320, 32, 128, 128],
    ],
    [
      [256, 160, 320, 32, 128, 128],
      [384, 192, 384, 48, 128, 128],
    ],
  ];
  for (const [i, blocks] of stages.entries()) {
    if (i > 0) x = halve(x);
    for (const block of blocks) x = inception(x, block);
  }
  const pooled = net.pool('AveragePool', x, 7, { stride: 1 });
  const flat = net.op('Flatten', [net.op('Dropout', [pooled])], { axis: 1 });
  return { net, output: net.gemm(flat, net.channels(x), options.classes ?? 1000) };
}

/** Szegedy et al. (2016): unpadded stem and reductions, asymmetric kernels, branches inside branches. For pictures of 299 pixels. */
export function inceptionV3(options: NetOptions = {}): Classifier {
  const net = new NetBuilder({ sidePx: 299, ...options });
  const cnr = net.convNormRelu.bind(net);
  const average = (x: string): string => net.pool('AveragePool', x, 3, { stride: 1, pad: 1 });
  let x = cnr(cnr('image', 32, 3, { stride: 2, pad: 0 }), 32, 3, { pad: 0 });
  x = net.pool('MaxPool', cnr(x, 64, 3), 3, { stride: 2 });
  x = net.pool('MaxPool', cnr(cnr(x, 80, 1), 192, 3, { pad: 0 }), 3, { stride: 2 });
  for (const project of [32, 64, 64])
    x = net.concat(
      cnr(x, 64, 1),
      cnr(cnr(x, 48, 1), 64, 5),
      cnr(cnr(cnr(x, 64, 1), 96, 3), 96, 3),
      cnr(average(x), project, 1),
    );
  x = net.concat(
    cnr(x, 384, 3, { stride: 2, pad: 0 }),
    cnr(cnr(cnr(x, 64, 1), 96, 3), 96, 3, { stride: 2, pad: 0 }),
    net.pool('MaxPool', x, 3, { stride: 2 }),
  );
  for (const inner of [128, 160, 160, 192])
    x = net.concat(
      cnr(x, 192, 1),
      cnr(cnr(cnr(x, inner, 1), inner, [1, 7]), 192, [7, 1]),
      cnr(cnr(cnr(cnr(cnr(x, inner, 1), inner, [7, 1]), inner, [1, 7]), inner, [7, 1]), 192, [1, 7]),
      cnr(average(x), 192, 1),
    );
  x = net.concat(
    cnr(cnr(x, 192, 1), 320, 3, { stride: 2, pad: 0 }),
    cnr(cnr(cnr(cnr(x, 192, 1), 192, [1, 7]), 192, [7, 1]), 192, 3, { stride: 2, pad: 0 }),
    net.pool('MaxPool', x, 3, { stride: 2 }),
  );
  for (let i = 0; i < 2; i++) {
    const three = cnr(x, 384, 1);
    const double = cnr(cnr(x, 448, 1), 384, 3);
    x = net.concat(
      cnr(x, 320, 1),
      net.concat(cnr(three, 384, [1, 3]), cnr(three, 384, [3, 1])),
      net.concat(cnr(double, 384, [1, 3]), cnr(double, 384, [3, 1])),
      cnr(average(x), 192, 1),
    );
  }
  return globalHead(net, x, options.classes);
}
