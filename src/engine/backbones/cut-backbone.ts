/** The frozen part of a backbone as a backbone of its own, so that its features are computed and stored as all others are. */
import { createHash } from 'node:crypto';
import type { Backbone } from './load-backbone.ts';
import type { Trunk } from './trunk.ts';

/** One tap, named as the tensor the trunk starts from. The hash follows from the whole backbone's and the cut. */
export function cutBackbone(backbone: Backbone, { cut }: Pick<Trunk, 'cut'>): Backbone {
  const { tensor: name, stride, channels, extra } = cut;
  const isLarger = extra.height !== 0 || extra.width !== 0;
  const taps = [{ name, stride, channels, ...(isLarger && { extra }) }];
  const hash = createHash('sha256')
    .update(JSON.stringify([backbone.hash, taps]))
    .digest('hex');
  return { manifest: { ...backbone.manifest, taps }, hash, taps, bytes: backbone.bytes };
}
