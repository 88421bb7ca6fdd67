/** Which images belong together: groups, twins and copies, changed by a person as gestures that undo takes back. */
import type { AuditApi, Member, MemberChange } from '../../../contract/audit.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { aloneChain, handChain, shownChain } from './chains.ts';
import { changeMarks, type MarkPart, unknownImage } from './change-marks.ts';
import { overviewOf } from './overview.ts';
import { requireAuditReport } from './stored-audit.ts';

type MembersArea = Pick<
  AuditApi,
  'dataOverview' | 'listMembers' | 'findMembers' | 'regroup' | 'confirmGroups'
>;

export function createMembersArea(context: HostContext): MembersArea {
  return {
    dataOverview: async () => overviewOf(context.session.require()),
    listMembers: async ({ group, offset, limit }) => {
      const { total, items } = context.session.require().db.images.listGroup(group, offset, limit);
      return { total, items: items.map(toMember) };
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
      const known = new Set(project.db.images.listPlaces().map(({ id }) => id));
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

function toMember({ id, path, split, chain, copyOf }: Pick<StoredImage, keyof Member>): Member {
  return { id, path, split, chain: shownChain(chain), copyOf: copyOf ?? null };
}

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
