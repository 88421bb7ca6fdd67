/** Arrays that native TensorFlow reads where they lie. */

/**
 * Zeros that native TensorFlow can read where they lie. It takes an array without a copy if its numbers begin at a multiple of 64 bytes;
 * large blocks from the system begin 16 bytes behind one, which is 48 short. Where they do not, it copies, as it does any other array.
 */
export function allocateAligned(length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(new ArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT + 64), 48, length);
}

/** The same for the bits of half floats. */
export function allocateAlignedHalves(length: number): Uint16Array<ArrayBuffer> {
  return new Uint16Array(new ArrayBuffer(length * Uint16Array.BYTES_PER_ELEMENT + 64), 48, length);
}
