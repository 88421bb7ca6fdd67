/** Which work each kind of job does. */
import type { JobKind } from '../../core/jobs.ts';
import type { JobRunner } from '../jobs/job.ts';
import { createAuditRunner } from './audit/audit-area.ts';
import { createGapRunner } from './audit/gap.ts';
import { createSplitRunner } from './audit/splits.ts';
import type { HostContext } from './context.ts';
import { createBackboneRunner } from './learning/backbones.ts';
import { createEffectRunner } from './learning/effects.ts';
import { createFeaturesRunner, createInstallRunner } from './learning/engine-area.ts';
import { createEvaluateRunner } from './learning/evaluation.ts';
import { createPredictRunner } from './learning/predictions.ts';
import { createTrainRunner } from './learning/training.ts';
import { createSampleRunner } from './sample-project.ts';
import { createScanRunner } from './scan/scan.job.ts';
import { createExportRunner } from './transfer/export.job.ts';
import { createModelExportRunner } from './transfer/export-model.job.ts';
import { createImportRunner } from './transfer/import.job.ts';
import { createPredictionFileRunner } from './transfer/prediction-file.job.ts';
import { sparingMemory } from './transfer/spare-memory.ts';

/** One runner a kind; a kind without one does not compile. */
export function createJobRunners(context: HostContext): Readonly<Record<JobKind, JobRunner>> {
  const predict = createPredictRunner(context);
  const predictionFile = createPredictionFileRunner(context);
  return {
    scan: createScanRunner(context),
    features: createFeaturesRunner(context),
    train: createTrainRunner(context),
    predict: (input, job) => (input.file === undefined ? predict : predictionFile)(input, job),
    evaluate: createEvaluateRunner(context),
    import: sparingMemory(createImportRunner(context)),
    export: sparingMemory(createExportRunner(context)),
    'export-model': createModelExportRunner(context),
    'engine-install': createInstallRunner(context),
    'backbone-add': createBackboneRunner(context),
    sample: createSampleRunner(context),
    audit: createAuditRunner(context),
    split: createSplitRunner(context),
    gap: createGapRunner(context),
    effect: createEffectRunner(context),
  };
}
