/** Tensors of numbers as they are stored: feature maps are half floats (IEEE 754 binary16) until the library that computes with them has them. */
import { halfToFloat } from '../features/half.ts';
import { allocateAligned } from './aligned.ts';
import { getNativeBackend, isNativeBackendActive, type NativeAttr } from './native-binding.ts';
import { type Tensor, tf } from './tf.ts';

/** Floats, or the bits of half floats. */
export type Numbers = Float32Array | Uint16Array;

/** TensorFlow's number of the type, the same in all releases. */
const TF_HALF = 19;

/** A float32 tensor of `data`, exact. Native TensorFlow turns half floats into floats itself, in a seventh of the time a table takes here. */
export function tensorOf(data: Numbers, shape: readonly number[]): Tensor {
  if (data instanceof Float32Array) return tf.tensor(data, [...shape]);
  // Two halves make one number of TensorFlow's interface; a single one would be left over.
  if (isNativeBackendActive() && data.length % 2 === 0 && data.byteOffset % 4 === 0)
    return castNatively(data, shape);
  const floats = allocateAligned(data.length);
  halfToFloat(data, floats);
  return tf.tensor(floats, [...shape]);
}

function castNatively(data: Uint16Array, shape: readonly number[]): Tensor {
  const backend = getNativeBackend();
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT, TF_INT32 } = backend.binding;
  const held: number[] = [];
  const run = (name: string, attrs: readonly NativeAttr[], inputs: readonly number[]): number => {
    const [{ id } = { id: -1 }] = backend.binding.executeOp(name, attrs, inputs, 1);
    held.push(id);
    return id;
  };
  const create = (values: Int32Array, sides: readonly number[]): number => {
    const id = backend.binding.createTensor(sides, TF_INT32, values);
    held.push(id);
    return id;
  };
  const type = (name: string, value: number): NativeAttr => ({ name, type: TF_ATTR_TYPE, value });
  try {
    const pairs = data.length / 2;
    const packed = create(new Int32Array(data.buffer, data.byteOffset, pairs), [pairs]);
    const halves = run('Bitcast', [type('T', TF_INT32), type('type', TF_HALF)], [packed]);
    const exact = { name: 'Truncate', type: TF_ATTR_BOOL, value: false };
    const floats = run('Cast', [type('SrcT', TF_HALF), type('DstT', TF_FLOAT), exact], [halves]);
    const sides = create(Int32Array.from(shape), [shape.length]);
    const shaped = run('Reshape', [type('T', TF_FLOAT), type('Tshape', TF_INT32)], [floats, sides]);
    held.pop();
    return backend.createOutputTensor({ id: shaped, shape: [...shape], dtype: TF_FLOAT });
  } finally {
    for (const id of held) backend.binding.deleteTensor(id);
  }
}
