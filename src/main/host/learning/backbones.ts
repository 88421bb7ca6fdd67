/** The backbones of this user, and the one a project uses. */
import type { HostApi } from '../../../contract/host-api.ts';
import { AppError } from '../../../core/errors.ts';
import { type BackboneInfo, backboneRequestSchema, type Canvas } from '../../../core/learning.ts';
import type { JobRunner } from '../../jobs/job.ts';
import type { HostContext } from '../context.ts';

export type BackbonesArea = Pick<
  HostApi,
  'listBackbones' | 'startBackboneAdd' | 'removeBackbone' | 'chooseBackbone'
>;

export function createBackbonesArea(context: HostContext): BackbonesArea {
  const list = (): Promise<BackboneInfo[]> => context.engine.call('backbones', {});
  return {
    listBackbones: list,
    // Belongs to the user, not to a project: no store, so it goes on when the project is closed.
    startBackboneAdd: async (request) => ({
      jobId: context.jobs.start({
        kind: 'backbone-add',
        title: `Add the backbone ${request.id ?? request.from.split(/[\\/?#]/).findLast((part) => part !== '') ?? ''}`,
        input: { ...request },
        store: null,
      }).id,
    }),
    removeBackbone: async ({ id }) => {
      await context.engine.call('removeBackbone', { id });
    },
    chooseBackbone: async ({ id }) => {
      const project = context.session.require();
      const chosen = (await list()).find((backbone) =>
        id === null ? backbone.embedded : backbone.id === id,
      );
      if (chosen === undefined) throw notAdded(id);
      if (chosen.error !== null) throw new AppError(chosen.error);
      checkFits(chosen, project.db.settings.get().canvas);
      project.db.settings.save({ backbone: chosen.embedded ? null : chosen.id });
      project.announce();
      return project.summary();
    },
  };
}

/** The job that adds a backbone. */
export function createBackboneRunner(context: HostContext): JobRunner {
  return async (rawInput, { signal, onProgress }) => {
    const request = backboneRequestSchema.parse(rawInput);
    const added = await context.engine.call('addBackbone', request, { signal, onProgress });
    const taps = added.taps.map(({ name, channels }) => `${name} × ${channels}`).join(', ');
    return { summary: `${added.id}: ${taps}`, result: { ...added } };
  };
}

function notAdded(id: string | null): AppError {
  return new AppError({
    code: 'backbone/not-added',
    message: `No backbone called ${id} was added on this machine, so the project keeps the one it has.`,
    hint: 'See `catchlight backbone list`, or add it with `catchlight backbone add`.',
    details: { id },
  });
}

function checkFits({ id, taps, multipleOf }: BackboneInfo, canvas: Canvas): void {
  const unit = Math.max(multipleOf, ...taps.map((tap) => tap.stride));
  if (canvas.widthPx % unit === 0 && canvas.heightPx % unit === 0) return;
  throw new AppError({
    code: 'backbone/does-not-fit',
    message: `The project's canvas of ${canvas.widthPx} × ${canvas.heightPx} pixels is no multiple of the ${unit} pixels the backbone ${id} needs, so the project keeps the one it has.`,
    hint: 'Choose another backbone.',
    details: { id, unit, ...canvas },
  });
}
