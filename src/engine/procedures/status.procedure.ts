/** Which backends and providers this machine has, and which backbone is in place. */
import { loadBackbone } from '../backbones/load-backbone.ts';
import { listProviders } from '../backbones/session.ts';
import { engineCacheDir } from '../install/engine-cache.ts';
import { listInstalled } from '../install/manifest.ts';
import type { EngineOutput } from '../messages.ts';
import type { Procedure } from './procedure.ts';

export const status: Procedure<'status'> = async () => {
  const { selectBackend } = await import('../backends/select-backend.ts');
  const selected = await selectBackend();
  return {
    node: process.version,
    backend: selected.backend,
    backends: selected.backends.map((backend) => ({ ...backend })),
    installed: listInstalled(engineCacheDir()),
    providers: providersHere(),
    backbone: await backboneHere(),
  };
};

/** Empty where ONNX Runtime does not start: status tells what works, it does not fail for what does not. */
function providersHere(): string[] {
  try {
    return listProviders();
  } catch {
    return [];
  }
}

async function backboneHere(): Promise<EngineOutput<'status'>['backbone']> {
  try {
    const { manifest, hash } = await loadBackbone();
    return { id: manifest.id, version: manifest.version, hash, licence: manifest.licence };
  } catch {
    return null;
  }
}
