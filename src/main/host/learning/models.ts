/** The list of trained models: names, notes, which one suggests, and their folders. */
import type { HostApi } from '../../../contract/host-api.ts';
import { AppError } from '../../../core/errors.ts';
import type { HostContext } from '../context.ts';
import { putAside } from './deleted-models.ts';
import { requireModel } from './predictions.ts';

export type ModelsArea = Pick<HostApi, 'listModels' | 'updateModel' | 'deleteModel'>;

export function createModelsArea(context: HostContext): ModelsArea {
  const isBusy = (modelId: string): boolean =>
    context.jobs
      .list()
      .some(
        (job) =>
          job.input.modelId === modelId && (job.state.status === 'running' || job.state.status === 'queued'),
      );
  return {
    listModels: async () => context.session.require().db.models.list(),
    updateModel: async ({ id, name, notes, pinned }) => {
      const project = context.session.require();
      requireModel(project, id);
      project.db.transaction(() => {
        if (name !== undefined || notes !== undefined) {
          project.db.models.update(id, {
            ...(name === undefined ? {} : { name }),
            ...(notes === undefined ? {} : { notes }),
          });
        }
        if (pinned === undefined) return;
        if (pinned) project.db.models.pin(id);
        else if (project.db.models.findPinned()?.id === id) project.db.models.pin(null);
        project.db.settings.save({ pinnedByPerson: pinned });
      });
      project.announce();
      return requireModel(project, id);
    },
    deleteModel: async ({ id }) => {
      const project = context.session.require();
      const model = requireModel(project, id);
      if (isBusy(id)) {
        throw new AppError({
          code: 'model/busy',
          message: `${model.name} is at work, so it was not deleted.`,
          hint: 'Cancel its job first.',
          details: { modelId: id },
        });
      }
      putAside(project, model);
      project.announce();
    },
  };
}
