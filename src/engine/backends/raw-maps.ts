/**
 * TensorFlow's ops on feature maps in one number format, float32 or bfloat16, outside tfjs' books: what a hand-written pass through many
 * layers needs, where tfjs would convert each input of each convolution anew.
 */
import type { NativeAttr, NativeBackend, NativeBinding } from './native-binding.ts';
import type { Precision } from './native-half.ts';
import type { Tensor, TensorInfo } from './tf.ts';

/** TensorFlow's number of the type, the same in all releases. */
const TF_BFLOAT16 = 14;

/** Maps `[n, h, w, c]`, or the weights of a layer, held by TensorFlow. Lives until as many `release` as `retain`, its making counted, were called. */
export interface RawMap {
  readonly id: number;
  readonly shape: readonly number[];
}

export type RawPads = readonly [top: number, left: number, bottom: number, right: number];

/** How a window slides: `SAME` lays around what an odd window needs at stride 1; other padding is laid around first. */
export interface RawWindow {
  readonly strides: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
}

/** All ops throw TensorFlow's own message on a bad call. */
export class RawMaps {
  readonly #backend: NativeBackend;
  readonly #binding: NativeBinding;
  readonly #type: number;
  readonly #uses = new Map<number, number>();
  /** Handles that are tensors of tfjs, which disposes of them itself. */
  readonly #lent = new Set<number>();

  constructor(backend: NativeBackend, precision: Precision) {
    this.#backend = backend;
    this.#binding = backend.binding;
    this.#type = precision === 'bfloat16' ? TF_BFLOAT16 : this.#binding.TF_FLOAT;
  }

  /** A float32 tensor in this format. The tensor must outlive the map where the format is float32 too. */
  take(tensor: TensorInfo): RawMap {
    const [id] = this.#backend.getInputTensorIds([tensor]) as [number];
    const { shape } = tensor;
    if (this.#type !== this.#binding.TF_FLOAT) {
      return this.#keep(this.#cast(id, this.#binding.TF_FLOAT, this.#type), shape);
    }
    this.#lent.add(id);
    this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
    return { id, shape };
  }

  /** The map as a float32 tensor of tfjs; the map itself is released. */
  give(map: RawMap): Tensor {
    const { TF_FLOAT } = this.#binding;
    const shape = [...map.shape];
    if (this.#type !== TF_FLOAT || this.#lent.has(map.id) || (this.#uses.get(map.id) ?? 0) > 1) {
      // In float32 the cast is a copy without cost: TensorFlow shares the numbers.
      const id = this.#type === TF_FLOAT ? this.#identity(map.id) : this.#cast(map.id, this.#type, TF_FLOAT);
      this.release(map);
      return this.#backend.createOutputTensor({ id, shape, dtype: TF_FLOAT });
    }
    this.#uses.delete(map.id);
    return this.#backend.createOutputTensor({ id: map.id, shape, dtype: TF_FLOAT });
  }

  retain(map: RawMap): RawMap {
    this.#uses.set(map.id, (this.#uses.get(map.id) ?? 0) + 1);
    return map;
  }

  release(map: RawMap): void {
    const uses = (this.#uses.get(map.id) ?? 0) - 1;
    if (uses > 0) {
      this.#uses.set(map.id, uses);
      return;
    }
    this.#uses.delete(map.id);
    if (!this.#lent.delete(map.id)) this.#binding.deleteTensor(map.id);
  }

  /** Releases whatever is left. */
  dispose(): void {
    for (const id of this.#uses.keys()) if (!this.#lent.has(id)) this.#binding.deleteTensor(id);
    this.#uses.clear();
    this.#lent.clear();
  }

  conv(x: RawMap, kernel: RawMap, window: RawWindow): RawMap {
    return this.#run('Conv2D', this.#window(window), [x.id, kernel.id]);
  }

  /** Gradient by the kernel, of that shape. */
  convKernelGradient(x: RawMap, shape: readonly number[], dy: RawMap, window: RawWindow): RawMap {
    return this.#withInts(shape, (sizes) =>
      this.#run('Conv2DBackpropFilter', this.#window(window), [x.id, sizes, dy.id]),
    );
  }

  /** Gradient by maps of that shape. */
  convInputGradient(shape: readonly number[], kernel: RawMap, dy: RawMap, window: RawWindow): RawMap {
    return this.#withInts(shape, (sizes) =>
      this.#run('Conv2DBackpropInput', this.#window(window), [sizes, kernel.id, dy.id]),
    );
  }

  /** The product of two matrices, each as it lies or turned over. */
  product(a: RawMap, b: RawMap, turned: { readonly a: boolean; readonly b: boolean }): RawMap {
    const { TF_ATTR_BOOL } = this.#binding;
    const attrs = [
      this.#typed(),
      { name: 'transpose_a', type: TF_ATTR_BOOL, value: turned.a },
      { name: 'transpose_b', type: TF_ATTR_BOOL, value: turned.b },
    ];
    return this.#run('MatMul', attrs, [a.id, b.id]);
  }

  addBias(x: RawMap, bias: RawMap): RawMap {
    return this.#run('BiasAdd', [this.#typed(), this.#lastAxis()], [x.id, bias.id]);
  }

  biasGradient(dy: RawMap): RawMap {
    return this.#run('BiasAddGrad', [this.#typed(), this.#lastAxis()], [dy.id]);
  }

  add(a: RawMap, b: RawMap): RawMap {
    return this.#run('AddV2', [this.#typed()], [a.id, b.id]);
  }

  relu(x: RawMap): RawMap {
    return this.#run('Relu', [this.#typed()], [x.id]);
  }

  /** `y`: what `relu` gave. */
  reluGradient(y: RawMap, dy: RawMap): RawMap {
    return this.#run('ReluGrad', [this.#typed()], [dy.id, y.id]);
  }

  /** Twice as high and as wide, each cell repeated. */
  double(x: RawMap): RawMap {
    const [, h = 0, w = 0] = x.shape;
    return this.#withInts([2 * h, 2 * w], (size) =>
      this.#run('ResizeNearestNeighbor', this.#resize(), [x.id, size]),
    );
  }

  doubleGradient(dy: RawMap): RawMap {
    const [, h = 0, w = 0] = dy.shape;
    return this.#withInts([h / 2, w / 2], (size) =>
      this.#run('ResizeNearestNeighborGrad', this.#resize(), [dy.id, size]),
    );
  }

  /** Noughts around the maps. */
  pad(x: RawMap, [top, left, bottom, right]: RawPads): RawMap {
    const { binding } = this.#backend;
    const edges = binding.createTensor(
      [4, 2],
      binding.TF_INT32,
      Int32Array.of(0, 0, top, bottom, left, right, 0, 0),
    );
    try {
      const attrs = [
        this.#typed(),
        { name: 'Tpaddings', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
      ];
      return this.#run('Pad', attrs, [x.id, edges]);
    } finally {
      binding.deleteTensor(edges);
    }
  }

  /** What `pad` laid around is left out again. */
  padGradient(dy: RawMap, [top, left, bottom, right]: RawPads): RawMap {
    const { binding } = this.#backend;
    const [n = 0, h = 0, w = 0, c = 0] = dy.shape;
    const attrs = [this.#typed(), { name: 'Index', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 }];
    return this.#withInts([0, top, left, 0], (begin) =>
      this.#withInts([n, h - top - bottom, w - left - right, c], (size) =>
        this.#run('Slice', attrs, [dy.id, begin, size]),
      ),
    );
  }

  #run(name: string, attrs: readonly NativeAttr[], ids: readonly number[]): RawMap {
    const [result] = this.#binding.executeOp(name, attrs, ids, 1);
    if (result === undefined) throw new RangeError(`${name} gave nothing`);
    return this.#keep(result.id, result.shape);
  }

  #keep(id: number, shape: readonly number[]): RawMap {
    this.#uses.set(id, 1);
    return { id, shape };
  }

  #withInts(values: readonly number[], body: (id: number) => RawMap): RawMap {
    const id = this.#binding.createTensor([values.length], this.#binding.TF_INT32, Int32Array.from(values));
    try {
      return body(id);
    } finally {
      this.#binding.deleteTensor(id);
    }
  }

  #cast(id: number, from: number, to: number): number {
    const { TF_ATTR_TYPE, TF_ATTR_BOOL } = this.#binding;
    const attrs = [
      { name: 'SrcT', type: TF_ATTR_TYPE, value: from },
      { name: 'DstT', type: TF_ATTR_TYPE, value: to },
      { name: 'Truncate', type: TF_ATTR_BOOL, value: false },
    ];
    return this.#binding.executeOp('Cast', attrs, [id], 1)[0]?.id as number;
  }

  #identity(id: number): number {
    return this.#binding.executeOp('Identity', [this.#typed()], [id], 1)[0]?.id as number;
  }

  #typed(): NativeAttr {
    return { name: 'T', type: this.#binding.TF_ATTR_TYPE, value: this.#type };
  }

  #lastAxis(): NativeAttr {
    return { name: 'data_format', type: this.#binding.TF_ATTR_STRING, value: 'NHWC' };
  }

  #window({ strides: [high, wide], padding }: RawWindow): NativeAttr[] {
    const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_BOOL } = this.#binding;
    return [
      this.#typed(),
      this.#lastAxis(),
      { name: 'strides', type: TF_ATTR_INT, value: [1, high, wide, 1] },
      { name: 'padding', type: TF_ATTR_STRING, value: padding },
      { name: 'use_cudnn_on_gpu', type: TF_ATTR_BOOL, value: true },
      { name: 'dilations', type: TF_ATTR_INT, value: [1, 1, 1, 1] },
    ];
  }

  #resize(): NativeAttr[] {
    const { TF_ATTR_BOOL } = this.#binding;
    return [
      this.#typed(),
      { name: 'align_corners', type: TF_ATTR_BOOL, value: false },
      { name: 'half_pixel_centers', type: TF_ATTR_BOOL, value: false },
    ];
  }
}
