/** A few worker threads that read image facts, batch by batch, for the length of one scan. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../core/errors.ts';
import { entryPath } from '../../entries.ts';
import type { ImageFacts } from './read-image-facts.ts';
import type { ScanReply, ScanRequest } from './scan-messages.ts';

const batchFiles = 16;

/**
 * Reads all files, telling each batch as it comes, in no fixed order. `onBatch` gets the index of the batch's first file.
 * Throws `scan/worker-failed` when a worker dies, and the signal's reason when aborted; the workers are gone in either case.
 */
export async function readFactsInWorkers(
  files: readonly string[],
  signal: AbortSignal,
  onBatch: (firstIndex: number, facts: readonly ImageFacts[]) => void,
): Promise<void> {
  const batches = Math.ceil(files.length / batchFiles);
  const workers = Array.from(
    { length: Math.min(batches, Math.max(1, Math.min(4, availableParallelism()))) },
    startWorker,
  );
  let next = 0;
  const serve = async (worker: Worker): Promise<void> => {
    while (next < files.length) {
      signal.throwIfAborted();
      const first = next;
      next += batchFiles;
      onBatch(
        first,
        await ask(worker, { batchId: first, files: files.slice(first, first + batchFiles) }, signal),
      );
    }
  };
  try {
    await Promise.all(workers.map(serve));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startWorker(): Worker {
  const worker = new Worker(entryPath('scan-worker'));
  // Between batches nobody listens; a worker that dies then fails the next `ask` by its exit.
  worker.on('error', () => undefined);
  return worker;
}

function ask(worker: Worker, request: ScanRequest, signal: AbortSignal): Promise<readonly ImageFacts[]> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onMessage = (reply: ScanReply): void => finish(() => resolve(reply.facts));
    const onError = (error: unknown): void => finish(() => reject(workerFailed(error)));
    const onExit = (code: number): void => finish(() => reject(workerFailed(`exit code ${code}`)));
    const onAbort = (): void => finish(() => reject(signal.reason));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    signal.addEventListener('abort', onAbort);
    worker.postMessage(request);
  });
}

function workerFailed(cause: unknown): AppError {
  return new AppError({
    code: 'scan/worker-failed',
    message:
      'Reading the photographs stopped unexpectedly. Images found so far are kept; the photographs are untouched.',
    hint: 'Scan the folder again: it goes on where it stopped.',
    details: { cause: cause instanceof Error ? cause.message : String(cause) },
    cause,
  });
}
