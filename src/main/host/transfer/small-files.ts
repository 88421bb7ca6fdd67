/** How the host takes many small files, read or written: at once, in slices, while the disk answers at once; by promises when it does not. */

/** The host answers others at least this often, in milliseconds. */
export const SLICE_MS = 8;
/** Slower than this a file, in milliseconds, and the host would stand still for the disk. */
export const SLOW_MS = 1;
/** Files taken by promises from a slow disk, before it is tried again. */
export const ASIDE = 64;
