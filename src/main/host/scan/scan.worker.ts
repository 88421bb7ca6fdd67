/** Worker thread of the scan: reads and hashes files so that the host goes on answering windows meanwhile. */
import { parentPort } from 'node:worker_threads';
import { readImageFacts } from './read-image-facts.ts';
import type { ScanReply, ScanRequest } from './scan-messages.ts';

const port = parentPort;
if (port === null) throw new Error('scan-worker is a worker thread; it is started by the scan, not by hand.');

port.on('message', async (request: ScanRequest) => {
  const facts = [];
  for (const file of request.files) facts.push(await readImageFacts(file));
  const reply: ScanReply = { batchId: request.batchId, facts };
  port.postMessage(reply);
});
