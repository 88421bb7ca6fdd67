/** Which images belong together: groups, twins and copies, changed by a person as gestures that undo takes back. */
import type { AuditApi, DataOverview, Member, MemberChange } from '../../../contract/audit.ts';
import { describeSplit } from '../../../core/audit/split-plan.ts';
import type { Gesture, ImageMark } from '../../../core/diffs.ts';
import { AppError } from '../../../core/errors.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { HostContext } from '../context.ts';
import { saveGesture, withoutBulk } from '../labels.ts';
import type { OpenProject } from '../open-project.ts';
import { sameRecord } from '../same-record.ts';
import { aloneChain, classIdsOf, handChain, shownChain } from './chains.ts';
import { requireAuditReport } from './stored-audit.ts';

type MembersArea = Pick<
  AuditApi,
  'dataOverview' | 'listMembers' | 'findMembers' | 'regroup' | 'confirmGroups'
>;

/** Pictures that stand for a group. */
const samples = 4;

export function createMembersArea(context: HostContext): MembersArea {
  return {
    dataOverview: async () => overviewOf(context.session.require()),
    listMembers: async ({ group, offset, limit }) => {
      const own = context.session
        .require()
        .db.images.listAll()
        .filter((image) => image.group === group);
      return { total: own.length, items: own.slice(offset, offset + limit).map(toMember) };
    },
    findMembers: async ({ imageIds }) => {
      const found = new Map(
        context.session
          .require()
          .db.images.listByIds(imageIds)
          .map((image) => [image.id, image]),
      );
      return imageIds.flatMap((id) => {
        const image = found.get(id);
        return image === undefined ? [] : [toMember(image)];
      });
    },
    regroup: async ({ gestureId, label, changes }) => {
      const project = context.session.require();
      return changeMarks(context, project, { id: gestureId, label }, toMarks(context, project, changes));
    },
    confirmGroups: async ({ gestureId, names }) => {
      const project = context.session.require();
      const { groups } = requireAuditReport(project).groups;
      const known = new Set(project.db.images.listAll().map(({ id }) => id));
      const changes = groups
        .filter(({ name }) => names === undefined || names.includes(name))
        .map(({ name, imageIds }) => ({ group: name, imageIds: imageIds.filter((id) => known.has(id)) }))
        .filter(({ imageIds }) => imageIds.length > 0);
      return changeMarks(
        context,
        project,
        { id: gestureId, label: 'Take proposed groups' },
        toMarks(context, project, changes),
      );
    },
  };
}

export function toMember({ id, path, split, chain, copyOf }: StoredImage): Member {
  return { id, path, split, chain: shownChain(chain), copyOf: copyOf ?? null };
}

/** Groups with their sides, and what the present split means. */
export function overviewOf(project: OpenProject): DataOverview {
  const { db } = project;
  const images = db.images.listAll();
  const boxesByImage = Map.groupBy(db.boxes.listAll(), (box) => box.imageId);
  const classNames = new Map(db.classes.list().map(({ id, name }) => [id, name]));
  const { isTestLocked, testLooks } = db.settings.get();
  const groups = [...Map.groupBy(images, (image) => image.group)].map(([name, own]) => ({
    name,
    images: own.length,
    train: own.filter(({ split }) => split === 'train').length,
    valid: own.filter(({ split }) => split === 'valid').length,
    test: own.filter(({ split }) => split === 'test').length,
    sample: own
      .filter(({ problem }) => problem === null)
      .slice(0, samples)
      .map(({ id }) => id),
  }));
  const placed = images.map((image) => ({
    id: image.id,
    group: image.group,
    chain: shownChain(image.chain),
    split: image.split,
    classIds: classIdsOf(image, boxesByImage.get(image.id) ?? []),
  }));
  return {
    groups: groups.sort((a, b) => b.images - a.images),
    split: describeSplit(placed, classNames),
    isTestLocked,
    testLooks,
    copies: images.filter(({ copyOf }) => copyOf != null).length,
  };
}

type MarkPart = Pick<ImageMark, 'group' | 'split' | 'chain' | 'copyOf' | 'metadata'>;

function toMarks(
  context: HostContext,
  project: OpenProject,
  changes: readonly MemberChange[],
): Map<string, MarkPart> {
  const marks = new Map<string, MarkPart>();
  for (const { imageIds, group, chain, copyOf } of changes) {
    if (copyOf != null && (imageIds.includes(copyOf) || project.db.images.find(copyOf) === undefined))
      throw unknownImage(copyOf);
    const tie = `${handChain}${context.newId()}`;
    for (const id of imageIds)
      marks.set(id, {
        ...marks.get(id),
        ...(group === undefined
          ? {}
          : { group: group === null || group.trim() === '' ? null : group.trim() }),
        ...(chain === undefined ? {} : { chain: chain === 'one' ? tie : `${aloneChain}${id}` }),
        ...(copyOf === undefined ? {} : { copyOf }),
      });
  }
  return marks;
}

/** Saves marks of images as one gesture. What is already so is left out. Throws `audit/unknown-image`, `split/test-locked`. */
export function changeMarks(
  context: HostContext,
  project: OpenProject,
  { id, label, source }: { readonly id: string; readonly label: string; readonly source?: Gesture['source'] },
  marks: ReadonlyMap<string, MarkPart>,
  insideTransaction?: () => void,
): Gesture {
  const images = new Map(project.db.images.listByIds([...marks.keys()]).map((image) => [image.id, image]));
  const diffs = [...marks].flatMap(([imageId, mark]): Gesture['diffs'] => {
    const image = images.get(imageId);
    if (image === undefined) throw unknownImage(imageId);
    const before: MarkPart = Object.fromEntries(
      Object.keys(mark).map((key) => [key, image[key as keyof MarkPart] ?? null]),
    );
    if (sameRecord(before, mark)) return [];
    const base = { id: imageId, state: image.state };
    return [{ table: 'images', id: imageId, before: { ...base, ...before }, after: { ...base, ...mark } }];
  });
  const gesture: Gesture = {
    id,
    kind: 'do',
    of: null,
    label,
    imageId: null,
    source: source ?? 'person',
    diffs,
  };
  saveGesture(context, project, gesture, insideTransaction);
  return withoutBulk(gesture);
}

function unknownImage(id: string): AppError {
  return new AppError({
    code: 'audit/unknown-image',
    message: 'One of these photographs is not in the project, or is its own copy. Nothing was changed.',
    hint: 'Look at the list as it is now and repeat the change.',
    details: { id },
  });
}
