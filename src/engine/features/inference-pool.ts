/** Worker threads that compute features: one core each on small machines, so that no two threads wait for each other inside a net. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import type { FeatureRequest, FromWorker, ToWorker, WorkerSetup } from './pool-messages.ts';

/** Workers beyond this share memory bandwidth more than they gain; each uses several cores instead. */
const MAX_WORKERS = 4;
/** Photographs under way in each worker: one in the net, two decoded or being decoded. */
const AHEAD = 3;

/** Records of one request and the time the net alone took for them. */
export interface FeatureRecords {
  readonly records: Uint8Array[];
  readonly inferMs: number;
}

interface Waiting {
  readonly resolve: (result: FeatureRecords) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

export interface InferencePool {
  readonly backbone: Backbone;
  /** Requests that keep every worker busy; more only wait. */
  readonly capacity: number;
  /** How many workers infer at the same time. */
  readonly workers: number;
  /** Computes one request. Rejects with an item fault (`image/…`) or, when the worker died, `engine/features-stopped`. */
  run(request: FeatureRequest): Promise<FeatureRecords>;
  close(): Promise<void>;
}

/** The worker's file: TypeScript beside this file in a checkout, `inference-worker.js` beside the bundle in a build. */
function workerFile(): string {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts')) return path.join(path.dirname(here), 'inference.worker.ts');
  const folder = path.dirname(here);
  return path.join(path.basename(folder) === 'chunks' ? path.dirname(folder) : folder, 'inference-worker.js');
}

/** How `cores` are shared out: many single-core workers on a small machine, some cores a worker on a large one. */
export function shareCores(cores: number): { workers: number; threads: number } {
  const workers = Math.max(1, Math.min(MAX_WORKERS, cores));
  return { workers, threads: Math.max(1, Math.floor(cores / workers)) };
}

/** Starts the workers and waits until each holds its session. Throws what kept a session from starting (`backbone/unusable`, …). */
export async function createInferencePool(
  backbone: Backbone,
  cores: number = availableParallelism(),
): Promise<InferencePool> {
  const { workers, threads } = shareCores(cores);
  const modelBytes = new SharedArrayBuffer(backbone.bytes.byteLength);
  new Uint8Array(modelBytes).set(backbone.bytes);
  const setup: WorkerSetup = { modelBytes, manifest: backbone.manifest, threads };
  const starts = await Promise.allSettled(Array.from({ length: workers }, () => startMember(setup)));
  const members = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(members.map((member) => member.worker.terminate()));
    throw failed.reason;
  }
  return poolOf(backbone, members);
}

function poolOf(backbone: Backbone, members: readonly Member[]): InferencePool {
  let lastJobId = 0;
  let closed = false;
  return {
    backbone,
    capacity: members.length * AHEAD,
    workers: members.length,
    run: (request) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(stopped('it was closed'));
        const member = members.reduce((least, next) =>
          next.waiting.size < least.waiting.size ? next : least,
        );
        const jobId = ++lastJobId;
        member.waiting.set(jobId, { resolve, reject });
        member.worker.ref();
        member.worker.postMessage({ jobId, request } satisfies ToWorker);
      }),
    close: async () => {
      closed = true;
      await Promise.all(members.map((member) => member.worker.terminate()));
    },
  };
}

/** Starts one worker; it keeps the process alive only while it has work. */
function startMember(setup: WorkerSetup): Promise<Member> {
  return new Promise((resolve, reject) => {
    const member: Member = {
      worker: new Worker(workerFile(), { workerData: setup, name: 'catchlight-features' }),
      waiting: new Map(),
    };
    const failAll = (reason: string): void => {
      const error = stopped(reason);
      reject(error);
      for (const waiting of member.waiting.values()) waiting.reject(error);
      member.waiting.clear();
    };
    member.worker.on('error', (error) => failAll(error instanceof Error ? error.message : String(error)));
    member.worker.on('exit', (code) => failAll(`its thread ended with code ${code}`));
    member.worker.on('message', (message: FromWorker) => {
      if (message.type === 'fatal') {
        reject(new AppError(message.error));
        void member.worker.terminate();
        return;
      }
      if (message.type === 'ready') resolve(member);
      else settle(member, message);
      if (member.waiting.size === 0) member.worker.unref();
    });
  });
}

function settle(member: Member, message: Extract<FromWorker, { jobId: number }>): void {
  const waiting = member.waiting.get(message.jobId);
  member.waiting.delete(message.jobId);
  if (message.type === 'done') waiting?.resolve({ records: message.records, inferMs: message.inferMs });
  else waiting?.reject(new AppError(message.error));
}

function stopped(reason: string): AppError {
  return new AppError({
    code: 'engine/features-stopped',
    message: `The part that computes features stopped: ${reason}. Features already stored are kept.`,
    hint: 'Start the job again: it goes on where it stopped.',
    details: { reason },
  });
}
