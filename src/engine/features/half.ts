/** Half floats as stored (IEEE 754 binary16) to 32-bit floats: by table, because that is the fastest way in JavaScript. */

let table: Float32Array | undefined;

/** The value of every half float, by its 16 bits. 256 kB, built once (about 2 ms). */
function halfTable(): Float32Array {
  if (table !== undefined) return table;
  const built = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) built[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) built[bits] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else built[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  table = built;
  return built;
}

/** Writes `half` as floats into `into` from `offset` on. `into` must be long enough. */
export function halfToFloat(half: Uint16Array, into: Float32Array, offset = 0): void {
  const values = halfTable();
  for (let i = 0; i < half.length; i++) into[offset + i] = values[half[i] as number] as number;
}
