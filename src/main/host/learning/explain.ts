/** Where a model looks in a photograph: asked of the engine once for all classes, kept while people choose among them, drawn as pictures. */
import path from 'node:path';
import type { HostApi } from '../../../contract/host-api.ts';
import { AppError } from '../../../core/errors.ts';
import type { ExplainMethod, ExplanationView } from '../../../core/explain.ts';
import type { EngineOutput } from '../../../engine/messages.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { HostContext } from '../context.ts';
import { defaultHeatSidePx, drawHeat, drawHeatOnPhotograph } from '../heat-picture.ts';
import { unknownImage } from '../images.ts';
import type { OpenProject } from '../open-project.ts';
import { isReadable, toEngineImage } from './labelled-images.ts';
import { nameClasses } from './model-classes.ts';
import { requireModel } from './predictions.ts';

export type ExplainArea = Pick<HostApi, 'explain' | 'saveExplanation'>;

export interface ExplainRequest {
  readonly imageId: string;
  readonly modelId?: string | undefined;
  readonly method: ExplainMethod;
}

/** An explanation with its values, and the photograph it lies on. */
export interface Explained extends ExplanationView {
  readonly image: StoredImage;
  /** One map an entry of `classes`: rows × columns values 0..1. */
  readonly maps: readonly Float32Array[];
}

export interface Explainer {
  /** Throws `image/unknown`, `model/…`, `explain/…`, or the photograph's own problem. */
  explain(request: ExplainRequest): Promise<Explained>;
}

/** Explanations kept: a person goes to and fro among classes and a few photographs. Some hundred kilobytes each. */
const kept = 16;

/** What one host remembers; asked twice at once, the engine computes once. */
export function createExplainer(context: HostContext): Explainer {
  const known = new Map<string, Promise<EngineOutput<'explain'>>>();
  const ask = (project: OpenProject, image: StoredImage, modelId: string, method: ExplainMethod) => {
    const modelDir = path.join(project.modelsDir, modelId);
    const key = JSON.stringify([modelDir, image.hash, method]);
    const present = known.get(key);
    known.delete(key);
    const answer =
      present ??
      context.engine.call('explain', {
        modelDir,
        image: toEngineImage(project, image),
        featuresDir: project.featuresDir,
        canvas: project.db.settings.get().canvas,
        method,
      });
    // Last in a map is newest: the first is what nobody looked at for longest.
    known.set(key, answer);
    answer.catch(() => known.delete(key));
    for (const oldest of [...known.keys()].slice(0, Math.max(0, known.size - kept))) known.delete(oldest);
    return answer;
  };
  return {
    explain: async ({ imageId, modelId, method }) => {
      const project = context.session.require();
      const image = project.db.images.find(imageId);
      if (image === undefined) throw unknownImage(imageId);
      if (!isReadable(image)) throw unreadable(image);
      const model = requireModel(project, modelId);
      const { method: taken, grid, scores, maps } = await ask(project, image, model.id, method);
      const named = [...nameClasses(project, model), { id: null, name: 'nothing here' }];
      return {
        modelId: model.id,
        imageId,
        method: taken,
        grid,
        image,
        maps,
        classes: scores.map((score, i) => ({
          classId: named[i]?.id ?? null,
          name: named[i]?.name ?? 'nothing here',
          score,
          peak: maps[i]?.reduce((most, value) => Math.max(most, value), 0) ?? 0,
        })),
      };
    },
  };
}

export function createExplainArea(context: HostContext, explainer: Explainer): ExplainArea {
  return {
    explain: async (request) => toView(await explainer.explain(request)),
    saveExplanation: async ({ imagePath, className, file, style, onPhotograph, ...request }) => {
      const project = context.session.require();
      const image = project.db.images.listAll().find((entry) => entry.path === imagePath);
      if (image === undefined) throw unknownPath(imagePath);
      const explained = await explainer.explain({ ...request, imageId: image.id });
      const { values } = findClassMap(explained, className);
      const picture = { grid: explained.grid, values, image, style, sidePx: defaultHeatSidePx };
      const png = onPhotograph
        ? await drawHeatOnPhotograph(picture, project.imageFile(image.path))
        : await drawHeat(picture);
      writeFileAtomically(file, png);
      return { ...toView(explained), values: [...values] };
    },
  };
}

function toView({ image: _image, maps: _maps, ...view }: Explained): ExplanationView {
  return view;
}

/** The class asked for, by id, name, or `nothing`. Throws `explain/no-class` with the classes there are. */
export function findClassMap(explained: Explained, wanted: string): { index: number; values: Float32Array } {
  const index = explained.classes.findIndex(({ classId, name }) =>
    classId === null ? wanted === 'nothing' || wanted === name : classId === wanted || name === wanted,
  );
  const values = explained.maps[index];
  if (values !== undefined) return { index, values };
  throw new AppError({
    code: 'explain/no-class',
    message: `This model has no map of a class “${wanted}”. Nothing was drawn.`,
    hint: `Choose one of: ${explained.classes.map(({ name }) => name).join(', ')}.`,
    details: { wanted },
  });
}

function unknownPath(imagePath: string): AppError {
  return new AppError({
    code: 'image/unknown',
    message: `This project has no photograph “${imagePath}”, so nothing was drawn.`,
    hint: 'Give its path from the project’s folder of photographs on, with / between folders.',
    details: { path: imagePath },
  });
}

function unreadable(image: StoredImage): AppError {
  return new AppError({
    code: image.problem ?? 'image/unreadable',
    message: 'This photograph cannot be read, so nothing can be said of where a model looks in it.',
    hint: 'Restore the file, then scan again.',
    details: { path: image.path },
  });
}
