/** Half floats, as feature maps are stored, become the same floats on every backend, and leave nothing behind. */
import { beforeAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/engine/backends/half-tensor.ts';
import { getNativeBackend } from '../../src/engine/backends/native-binding.ts';
import { tf } from '../../src/engine/backends/tf.ts';
import { halfToFloat } from '../../src/engine/features/half.ts';
import { makeRoom } from '../../src/engine/features/read-maps.ts';
import { listAvailableBackends } from '../helpers/backends.ts';

/** Every half float there is but those that are no number, an even number of them. */
const allBits = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter(
  (bits) => (bits & 0x7fff) <= 0x7c00,
);

describe.each(listAvailableBackends())('half floats on $id', ({ id, start }) => {
  beforeAll(start);

  it('are all the very floats that the table has, the smallest and the endless ones too', () => {
    const expected = new Float32Array(allBits.length);
    halfToFloat(allBits, expected);
    const tensor = tensorOf(allBits, [2, allBits.length / 2]);
    expect(tensor.shape).toEqual([2, allBits.length / 2]);
    expect(tensor.dataSync<'float32'>()).toEqual(expected);
    tensor.dispose();
  });

  it('may be an odd number of them, or begin anywhere in their room', () => {
    const room = makeRoom(12, 'halves');
    room.set([0x3c00, 0x4000, 0xc000, 0x0001, 0x7bff]);
    for (const [from, length] of [
      [0, 5],
      [1, 4],
      [1, 3],
      [2, 2],
    ] as const) {
      const part = room.subarray(from, from + length);
      const expected = new Float32Array(length);
      halfToFloat(part as Uint16Array, expected);
      const tensor = tensorOf(part, [length]);
      expect(tensor.dataSync<'float32'>(), `${length} from ${from}`).toEqual(expected);
      tensor.dispose();
    }
  });

  it('leave no tensor behind, neither of ours nor of the library’s', () => {
    const count = (): unknown[] => [
      tf.memory().numTensors,
      id === 'native' ? getNativeBackend().binding.getNumOfTensors?.() : null,
    ];
    tensorOf(allBits, [allBits.length]).dispose();
    const before = count();
    for (let i = 0; i < 3; i++) tensorOf(allBits, [allBits.length]).dispose();
    expect(count()).toEqual(before);
  });
});
