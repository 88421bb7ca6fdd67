/** A count and what is counted: `1 image`, `2 images`, `1,204 boxes`. `plural` where it is not `one` with an s. */
export function countOf(n: number, one: string, plural = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : plural}`;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
