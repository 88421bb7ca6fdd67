/** The backbones of this user: lists them, adds one, takes one away. */
import type { BackboneInfo } from '../../core/learning.ts';
import { addBackbone as add } from '../backbones/add-backbone.ts';
import {
  type ListedBackbone,
  listBackbones,
  removeBackbone as remove,
} from '../backbones/backbone-library.ts';
import type { Procedure } from './procedure.ts';

export const backbones: Procedure<'backbones'> = async () => (await listBackbones()).map(toInfo);

export const addBackbone: Procedure<'addBackbone'> = async (input, context) => {
  const { from, sha256, id, licence, normalisation: name, mean, std, scale, colour } = input;
  const manifest = await add({
    from,
    sha256,
    id,
    licence,
    normalisation: { name, mean, std, scale, colour },
    signal: context.signal,
    onProgress: context.onProgress,
  });
  return toInfo({ id: manifest.id, embedded: false, manifest, error: null });
};

export const removeBackbone: Procedure<'removeBackbone'> = async ({ id }) => {
  await remove(id);
  return {};
};

function toInfo({ id, embedded, manifest, error }: ListedBackbone): BackboneInfo {
  if (manifest === null) {
    const nothing = { version: '', licence: '', taps: [], multipleOf: 1, normalisation: '', from: null };
    return { id, embedded, ...nothing, error };
  }
  const { input, source } = manifest;
  const fed = `${input.colour} ${input.scale}, mean ${input.mean.join(' ')}, std ${input.std.join(' ')}`;
  return {
    id,
    embedded,
    version: manifest.version,
    licence: manifest.licence,
    taps: manifest.taps,
    multipleOf: input.multipleOf,
    normalisation: source === undefined ? fed : `${fed} (${source.normalisation})`,
    from: source?.from ?? null,
    error,
  };
}
