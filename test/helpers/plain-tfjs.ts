/** Opens a saved model as a stranger would: tfjs alone, over HTTP, with no class of ours registered. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type LayersModel, tf } from '../../src/engine/backends/tf.ts';

export async function loadWithPlainTfjs(modelDir: string): Promise<LayersModel> {
  const server = createServer((request, response) => {
    readFile(path.join(modelDir, path.basename(request.url ?? ''))).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await tf.loadLayersModel(`http://127.0.0.1:${port}/model.json`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
