/** Has a thread reckon about all photographs of a project, so that the host answers others meanwhile. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../core/errors.ts';
import { entryPath } from '../../entries.ts';
import type { OpenProject } from '../open-project.ts';
import type { AuditPorts } from './compute-audit.ts';
import type {
  BoxedImages,
  DataAnswers,
  DataWork,
  FromDataWorker,
  TableKind,
  Tables,
  ToDataWorker,
} from './data-messages.ts';

const manyImages = 5000;

/** Whether a project has so many photographs that the host leaves to a thread whatever is reckoned about all of them. */
export const isLarge = ({ db }: OpenProject): boolean => db.tallies.get('images') > manyImages;

/** What the thread may ask for while it works; an audit asks for all of it. */
export interface DataWorkerPorts extends Partial<Pick<AuditPorts, 'embed' | 'save' | 'onProgress'>> {
  readonly signal: AbortSignal;
}

/**
 * Does one piece of work in a thread of its own, which is gone when this settles. Throws what the work throws, `data/worker-failed` when the
 * thread dies, and the signal's reason when aborted.
 */
export async function askDataWorker<K extends DataWork['kind']>(
  work: Extract<DataWork, { kind: K }>,
  { signal, onProgress, save, embed }: DataWorkerPorts,
): Promise<DataAnswers[K]> {
  signal.throwIfAborted();
  const worker = new Worker(entryPath('data-worker'), { workerData: work, name: 'catchlight-data' });
  const { promise, resolve, reject } = Promise.withResolvers<DataAnswers[K]>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  worker.on('error', (error) => reject(workerFailed(error)));
  worker.on('exit', (code) => reject(workerFailed(`exit code ${code}`)));
  const answerEmbed = async (what: TableKind, images: BoxedImages): Promise<void> => {
    if (embed === undefined) throw workerFailed('it asked for features that nobody has');
    const found = await embed(what, images);
    // Copies of their own, so that they can be handed over: what came from the engine may share one block of memory.
    const tables: Tables =
      'whole' in found
        ? { ...found, whole: own(found.whole), background: own(found.background) }
        : own(found);
    const transfer = ('whole' in tables ? [tables.whole, tables.background] : [tables]).flatMap(
      ({ values, known }) => [values.buffer as ArrayBuffer, known.buffer as ArrayBuffer],
    );
    worker.postMessage({ type: 'tables', tables } satisfies ToDataWorker, transfer);
  };
  worker.on('message', (message: FromDataWorker) => {
    // What a thread said before it was ended may still arrive.
    if (signal.aborted) return;
    try {
      if (message.type === 'progress') onProgress?.(message.progress);
      else if (message.type === 'facts') save?.(message.entries);
      else if (message.type === 'embed') answerEmbed(message.what, message.images).catch(reject);
      else if (message.type === 'failed') reject(new AppError(message.error));
      else resolve(message.answer as DataAnswers[K]);
    } catch (error) {
      reject(error);
    }
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

function own<T extends { readonly values: Float32Array; readonly known: Uint8Array }>(table: T): T {
  return { ...table, values: table.values.slice(), known: table.known.slice() };
}

function workerFailed(cause: unknown): AppError {
  return new AppError({
    code: 'data/worker-failed',
    message:
      'Reckoning about the photographs stopped unexpectedly, so nothing of it was saved. The project is as it was.',
    hint: 'Start it again. If it stops again, close other programs: it may lack memory.',
    details: { cause: cause instanceof Error ? cause.message : String(cause) },
    cause,
  });
}
