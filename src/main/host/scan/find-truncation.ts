/** Tells whether an image file ends before its picture does, from the file's own structure and without decoding it. */

/**
 * True for a JPEG without an end marker after its first scan (ITU T.81, B.1.1.3), a PNG without IEND (ISO 15948, 11.2.5) and a WebP
 * shorter than its RIFF header says. False for anything else, damaged or not.
 */
export function findTruncation(bytes: Buffer): boolean {
  if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8) return isJpegTruncated(bytes);
  if (bytes.length >= 8 && bytes.readUInt32BE(0) === 0x89504e47)
    return bytes.lastIndexOf('IEND', undefined, 'latin1') < 0;
  if (
    bytes.length >= 12 &&
    bytes.toString('latin1', 0, 4) === 'RIFF' &&
    bytes.toString('latin1', 8, 12) === 'WEBP'
  ) {
    return bytes.length < bytes.readUInt32LE(4) + 8;
  }
  return false;
}

const endOfImage = Buffer.from([0xff, 0xd9]);

function isJpegTruncated(bytes: Buffer): boolean {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return true;
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes and markers that stand alone have no length.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    if (marker === 0xd9) return true;
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    // Start of scan: inside its data an end marker cannot occur by chance, since 0xff is always followed by 0.
    if (marker === 0xda) return bytes.indexOf(endOfImage, next) < 0;
    at = next;
  }
  return true;
}
