/** The thread that audits or divides a project: it reads the database beside the host, which goes on answering windows meanwhile. */
import path from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toAppErrorData } from '../../../core/errors.ts';
import { openProjectReader } from '../../db/project-reader.ts';
import { computeAudit } from './compute-audit.ts';
import type { AuditAnswer, DataWork, FromDataWorker, SplitAnswer, ToDataWorker } from './data-messages.ts';
import { planSplit } from './plan-split.ts';

if (parentPort === null)
  throw new Error('data-worker is a worker thread; it is started by the host, not by hand.');
const port: MessagePort = parentPort;

const tell = (message: FromDataWorker, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

async function audit(work: Extract<DataWork, { kind: 'audit' }>): Promise<AuditAnswer> {
  const startedMs = performance.now();
  const reader = openProjectReader(work.dir);
  try {
    const { report, chains, joins } = await computeAudit(reader, work.options, {
      imageFile: (relative) => path.join(work.imagesRoot, ...relative.split('/')),
      now: () => work.nowMs + Math.round(performance.now() - startedMs),
      onProgress: (progress) => tell({ type: 'progress', progress }),
      save: (entries) => tell({ type: 'facts', entries }),
      embed: (images) =>
        new Promise((resolve) => {
          port.once('message', ({ embedding }: ToDataWorker) => resolve(embedding));
          tell({ type: 'embed', images });
        }),
    });
    return {
      report: new TextEncoder().encode(JSON.stringify(report)),
      chains,
      joins,
      images: report.images,
      groups: report.groups.groups.length,
      chainCount: report.chains.length,
      findings: report.findings.length,
      leaks: report.leaks.filter(({ verdict }) => verdict.kind !== 'none').length,
      leakTests: report.leaks.length,
    };
  } finally {
    reader.close();
  }
}

function divide({ dir, request }: Extract<DataWork, { kind: 'split' }>): SplitAnswer {
  const reader = openProjectReader(dir);
  try {
    return reader.atOneMoment(() => planSplit(reader, request));
  } finally {
    reader.close();
  }
}

const work = workerData as DataWork;
try {
  const answer = work.kind === 'audit' ? await audit(work) : divide(work);
  tell({ type: 'done', answer }, 'report' in answer ? [answer.report.buffer as ArrayBuffer] : []);
} catch (error) {
  tell({ type: 'failed', error: toAppErrorData(error) });
}
