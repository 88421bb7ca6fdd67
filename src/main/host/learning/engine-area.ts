/** The engine process as windows see it: its status, its native part, and the features of a project. */
import { z } from 'zod';
import type { HostApi } from '../../../contract/host-api.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';
import { listReadableImages, toEngineImage } from './labelled-images.ts';

export type EngineArea = Pick<
  HostApi,
  'engineStatus' | 'installEngine' | 'uninstallEngine' | 'startFeatures'
>;

const installInputSchema = z.object({ variant: z.enum(['cpu', 'cuda']) });

export function createEngineArea(context: HostContext): EngineArea {
  return {
    engineStatus: async () => context.engine.call('status', {}),
    // Belongs to the machine, not to a project: no store, so it goes on when the project is closed.
    installEngine: async ({ variant }) => ({
      jobId: context.jobs.start({
        kind: 'engine-install',
        title: 'Install native TensorFlow',
        input: { variant },
        store: null,
      }).id,
    }),
    uninstallEngine: async () => {
      const answer = await context.engine.call('uninstallNative', {});
      await context.engine.restart();
      return answer;
    },
    startFeatures: async () => {
      const project = context.session.require();
      return {
        jobId: context.jobs.start({
          kind: 'features',
          title: 'Compute features',
          input: {},
          store: project.jobStore,
        }).id,
      };
    },
  };
}

/** The job that fetches native TensorFlow and starts the engine afresh with it. */
export function createInstallRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const { variant } = installInputSchema.parse(rawInput);
    const output = await context.engine.call('installNative', { variant }, { signal, onProgress });
    // The running process has its backend loaded already; a fresh one finds the new one.
    await context.engine.restart();
    return { summary: `Native TensorFlow ${output.version} is installed`, result: { ...output } };
  };
}

/** The job that computes what features are missing; unreadable photographs are counted, not fatal. */
export function createFeaturesRunner(context: HostContext): JobRunner {
  return async (_input, { signal, onProgress }) => {
    const project = context.session.require();
    const images = listReadableImages(project).map((image) => toEngineImage(project, image));
    const canvas = project.db.settings.get().canvas;
    const output = await context.engine.call(
      'features',
      { images, featuresDir: project.featuresDir, canvas },
      { signal, onProgress },
    );
    const failed = output.failed.length === 0 ? '' : `, ${output.failed.length} failed`;
    return {
      summary: `${output.computed} computed, ${output.reused} there already${failed}`,
      result: { images: output.computed + output.reused, ...output },
    };
  };
}
