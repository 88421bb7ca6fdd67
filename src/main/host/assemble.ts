/** The host's interface, put together from its areas: each file knows one of them. */

import { homedir } from 'node:os';
import type { HostApi } from '../../contract/host-api.ts';
import { codeVersion } from '../version.ts';
import { createAuditArea } from './audit/audit-area.ts';
import { createClassesArea } from './class-gestures.ts';
import type { HostContext } from './context.ts';
import { listFolder } from './folders.ts';
import { createImagesArea } from './images.ts';
import { createJobsArea } from './jobs-area.ts';
import { createLabelsArea } from './labels.ts';
import { createBackbonesArea } from './learning/backbones.ts';
import { createCompareArea } from './learning/compare.ts';
import { createCropsArea } from './learning/crops.ts';
import { createContrastArea } from './learning/effects.ts';
import { createEngineArea } from './learning/engine-area.ts';
import { createEvaluationArea } from './learning/evaluation.ts';
import { createExplainArea, type Explainer } from './learning/explain.ts';
import { createKeepLearningArea } from './learning/keep-learning.ts';
import { createModelsArea } from './learning/models.ts';
import { createPredictionsArea } from './learning/predictions.ts';
import { createReviewArea } from './learning/review-area.ts';
import { createTrainingArea } from './learning/training.ts';
import { createPreferencesArea } from './preferences.ts';
import { createProjectsArea } from './projects.ts';
import { createSampleArea } from './sample-project.ts';
import { createTransferArea } from './transfer/transfer.ts';

/** All areas on one context. */
export function assembleApi(context: HostContext, explainer: Explainer): HostApi {
  return {
    info: async () => ({
      version: codeVersion,
      node: process.version,
      platform: process.platform,
      shell: context.shell,
      homeDir: homedir(),
      projectsDir: context.projectsDir,
    }),
    listFolder,
    ...createPreferencesArea(context),
    ...createProjectsArea(context),
    ...createSampleArea(context),
    ...createImagesArea(context),
    ...createLabelsArea(context),
    ...createClassesArea(context),
    ...createJobsArea(context),
    ...createEngineArea(context),
    ...createBackbonesArea(context),
    ...createTrainingArea(context),
    ...createModelsArea(context),
    ...createKeepLearningArea(context),
    ...createReviewArea(context),
    ...createPredictionsArea(context),
    ...createEvaluationArea(context),
    ...createCompareArea(context),
    ...createCropsArea(context),
    ...createContrastArea(context),
    ...createExplainArea(context, explainer),
    ...createTransferArea(context),
    ...createAuditArea(context),
  };
}
