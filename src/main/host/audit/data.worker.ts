/** The thread that audits or divides a project: it reads the database beside the host, which goes on answering windows meanwhile. */
import path from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { toAppErrorData } from '../../../core/errors.ts';
import { openProjectReader, type ProjectReader } from '../../db/project-reader.ts';
import { marksAtOnce } from './change-marks.ts';
import { computeAudit } from './compute-audit.ts';
import type {
  AuditAnswer,
  BoxedImages,
  DataAnswers,
  DataWork,
  FromDataWorker,
  SplitAnswer,
  SplitPart,
  TableKind,
  Tables,
  ToDataWorker,
} from './data-messages.ts';
import { computeOverview } from './overview.ts';
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
      embed: <K extends TableKind>(what: K, images: BoxedImages) =>
        new Promise<Tables<K>>((resolve) => {
          port.once('message', ({ tables }: ToDataWorker) => resolve(tables as Tables<K>));
          tell({ type: 'embed', what, images });
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

function readAtOnce<T>(dir: string, read: (reader: ProjectReader) => T): T {
  const reader = openProjectReader(dir);
  try {
    return reader.atOneMoment(() => read(reader));
  } finally {
    reader.close();
  }
}

function divide({ dir, request }: Extract<DataWork, { kind: 'split' }>): SplitAnswer {
  const { sides, summary } = readAtOnce(dir, (reader) => planSplit(reader, request));
  const entries: SplitPart = [...sides];
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < entries.length; at += marksAtOnce)
    parts.push(encoder.encode(JSON.stringify(entries.slice(at, at + marksAtOnce))));
  return { total: entries.length, parts, summary };
}

function work(asked: DataWork): Promise<AuditAnswer> | DataAnswers[keyof DataAnswers] {
  if (asked.kind === 'audit') return audit(asked);
  return asked.kind === 'split' ? divide(asked) : readAtOnce(asked.dir, computeOverview);
}

/** What is handed over instead of copied. */
function blocksOf(answer: DataAnswers[keyof DataAnswers]): ArrayBuffer[] {
  const blocks = 'report' in answer ? [answer.report] : 'parts' in answer ? answer.parts : [];
  return blocks.map(({ buffer }) => buffer as ArrayBuffer);
}

try {
  const answer = await work(workerData as DataWork);
  tell({ type: 'done', answer }, blocksOf(answer));
} catch (error) {
  tell({ type: 'failed', error: toAppErrorData(error) });
}
