/** A model that only suggests goes over its widest maps once less: what scales them is taken into the convolutions that read them. */
import { type LayersModel, type Tensor, tf } from '../backends/tf.ts';
import { ChannelScale } from '../parts/channel-scale.layer.ts';

/**
 * Multiplies the kernels of convolutions by the scale of each channel they read, where nothing else reads what was scaled. The model says the
 * same but for rounding (about 10⁻⁷ of a number), and can neither be trained nor saved any more.
 */
export function foldScales(model: LayersModel): void {
  for (const layer of model.layers) {
    if (!(layer instanceof ChannelScale)) continue;
    const readers = new Set(layer.outboundNodes.map(({ outboundLayer }) => outboundLayer));
    if ([...readers].some((reader) => reader.getClassName() !== 'Conv2D')) continue;
    tf.tidy(() => {
      const factors = (layer.getWeights()[0] as Tensor).reshape([1, 1, -1, 1]);
      for (const reader of readers) {
        const [kernel, ...others] = reader.getWeights();
        reader.setWeights([(kernel as Tensor).mul(factors), ...others]);
      }
    });
    layer.leaveOut();
  }
}
