/** The whole loop on the sample, step by step: draw, train, suggest, answer, train again, measure, export. */
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { HostApi } from '../../../contract/host-api.ts';
import type { Metrics } from '../../../core/records.ts';
import { createHost } from '../../host/host.ts';
import type { CommandContext } from '../command.ts';
import { trainResultSchema } from '../results.ts';
import { runJob } from '../run-job.ts';
import { answerSuggestions } from './answer-suggestions.ts';

const recipe = 'detector';
const trainMinutes = 1;
const answersPerRound = 150;

/** Plays the loop in `out` (a fresh temporary folder when undefined). Returns the figures it printed. */
export async function demonstrate(
  context: CommandContext,
  out: string | undefined,
): Promise<Record<string, unknown>> {
  const folder =
    out === undefined ? await mkdtemp(path.join(os.tmpdir(), 'catchlight-demo-')) : path.resolve(out);
  const { say } = context.output;
  const host = await createHost({ shell: 'serve', userDataDir: folder, suggestByItself: false });
  try {
    const { jobId } = await host.api.openSample();
    if (jobId !== null) await runJob(host.api, context, async () => ({ jobId }));
    const project = await host.api.currentProject();
    const { images = 0, unseen = 0, boxes = 0 } = project?.counts ?? {};
    say(
      `Sample: ${images} drawn photographs of 12 boats, ${boxes} hand boxes, ${unseen} photographs nobody has looked at.`,
    );

    const first = await trainOnce(host.api, context, 'First model');
    const answers = await answerSuggestions(host.api, folder, answersPerRound);
    say(
      `Review: ${answers.accepted} suggestions accepted, ${answers.rejected} rejected by someone who knows the truth; each one key.`,
    );
    const second = await trainOnce(host.api, context, 'Second model');

    const exportsDir = path.join(folder, 'exports');
    const coco = await exportLabels(host.api, context, 'coco', exportsDir);
    const submission = await exportLabels(host.api, context, 'kaggle-submission', exportsDir);
    say(`Everything is in ${folder}.`);
    return { folder, images, first, answers, second, coco, submission };
  } finally {
    await host.close();
  }
}

async function trainOnce(
  host: HostApi,
  context: CommandContext,
  title: string,
): Promise<{ modelId: string; trainMs: number; metrics: Metrics | null }> {
  const request = { recipe, parameters: {}, seed: 1, minutes: trainMinutes };
  const { modelId, trainMs, backend, metrics } = trainResultSchema.parse(
    await runJob(host, context, () => host.startTraining(request)),
  );
  await host.updateModel({ id: modelId, pinned: true });
  await runJob(host, context, () => host.startPrediction({ modelId }));
  const map50 = metrics?.map50;
  context.output.say(
    `${title}: trained in ${(trainMs / 1000).toFixed(0)} s on ${backend}; mAP@.5 ${typeof map50 === 'number' ? map50.toFixed(3) : 'unknown'} on ${metrics?.n ?? 0} photographs of boats it has not seen.`,
  );
  return { modelId, trainMs, metrics };
}

async function exportLabels(
  host: HostApi,
  context: CommandContext,
  format: string,
  exportsDir: string,
): Promise<Record<string, unknown>> {
  const result = await runJob(host, context, () =>
    host.startExport({ format, dir: path.join(exportsDir, format), options: {} }),
  );
  context.output.say(
    `Exported ${format}: ${String(result.boxes)} boxes on ${String(result.images)} photographs.`,
  );
  return result;
}
