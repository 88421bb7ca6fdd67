/** What an ensemble is judged on: photographs that none of its members learnt from. */
import { AppError } from '../../../core/errors.ts';
import { findsBoxes } from '../../../core/learning.ts';
import type { ModelRecord } from '../../../core/records.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import type { Division } from './divide-samples.ts';
import type { LabelledImage } from './labelled-images.ts';
import { listTaughtPhotographs, listTeacherIds } from './model-teachers.ts';
import { findRecipe } from './recipes.ts';

/**
 * Undefined for a recipe that trains. What no member learnt from judges, whichever side it would be on otherwise; with a member whose training
 * is not on record nothing judges. Throws `ensemble/unknown-member`, `ensemble/member-unusable`, which say which model.
 */
export async function divideForEnsemble(
  context: HostContext,
  project: OpenProject,
  request: { readonly recipe: string; readonly parameters: Readonly<Record<string, unknown>> },
  labelled: readonly LabelledImage[],
  own: Division,
): Promise<Division | undefined> {
  const joins = (await findRecipe(context, request.recipe))?.joins;
  if (joins === undefined) return undefined;
  const members = listTeacherIds(request.parameters).map((id) => requireMember(project, id));
  for (const member of members) await checkMember(context, project, member, joins);
  const taught = members.map((member) => listTaughtPhotographs(project, member));
  const isKnown = taught.every(({ unknown }) => unknown === null);
  const judges = labelled.filter(
    ({ image }) =>
      isKnown &&
      image.split !== 'test' &&
      !taught.some(({ ids, hashes }) => ids.has(image.id) || hashes.has(image.hash)),
  );
  const valid = new Set(judges.map(({ image }) => image.id));
  const rest = [...own.train, ...own.valid].filter((id) => !valid.has(id));
  return { ...own, train: new Set(rest), valid };
}

function requireMember(project: OpenProject, id: string): ModelRecord {
  const member = project.db.models.find(id);
  if (member !== undefined) return member;
  throw new AppError({
    code: 'ensemble/unknown-member',
    message: `This project has no model ${id}, so no ensemble was made of it.`,
    hint: 'Name models of this project by their ids; the list of models tells them.',
    details: { member: id },
  });
}

/** As the engine checks it again on the files: said here by the model's name, before a job is begun. */
async function checkMember(
  context: HostContext,
  project: OpenProject,
  { id, name, recipe, classIds }: ModelRecord,
  joins: 'class' | 'boxes',
): Promise<void> {
  const refuse = (why: string, hint: string): AppError =>
    new AppError({
      code: 'ensemble/member-unusable',
      message: `“${name}” cannot be part of this ensemble: ${why}. None was made.`,
      hint,
      details: { member: id, recipe },
    });
  const info = await findRecipe(context, recipe);
  if (info?.joins !== undefined) throw refuse('it is an ensemble itself', 'Name its members instead.');
  if (info?.refines !== undefined)
    throw refuse(
      'it looks again at the boxes of another model',
      'Join detectors, and look at their boxes again.',
    );
  if (info !== undefined && !(joins === 'class' ? info.outputs.includes('class') : findsBoxes(info))) {
    throw joins === 'class'
      ? refuse('it does not say the class of whole photographs', 'Join detectors with ensemble-boxes.')
      : refuse('it suggests no boxes', 'Join models of classes with ensemble.');
  }
  const now = project.db.classes.list().map((entry) => entry.id);
  if (now.length !== classIds.length || now.some((classId) => !classIds.includes(classId)))
    throw refuse(
      'it learnt other classes than the project has now',
      'Train it again on the classes of today.',
    );
}
