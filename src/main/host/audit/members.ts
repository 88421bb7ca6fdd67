/** Which images belong together: groups, twins and copies, changed by a person as gestures that undo takes back. */
import type { AuditApi, Member, MemberChange } from '../../../contract/audit.ts';
import type { AuditReport } from '../../../core/audit/report.ts';
import type { StoredImage } from '../../db/images.repository.ts';
import type { HostContext } from '../context.ts';
import type { OpenProject } from '../open-project.ts';
import { askOverview } from './ask-overview.ts';
import { aloneChain, handChain, shownChain } from './chains.ts';
import { changeMarks, type MarkEntry, type MarkPart, sliceMarks, unknownImage } from './change-marks.ts';
import { requireAuditReport } from './stored-audit.ts';

type MembersArea = Pick<
  AuditApi,
  'dataOverview' | 'listMembers' | 'findMembers' | 'regroup' | 'confirmGroups'
>;

export function createMembersArea(context: HostContext): MembersArea {
  return {
    dataOverview: async () => askOverview(context.session.require()),
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
      const proposed = requireAuditReport(project).groups.groups.filter(
        ({ name }) => names === undefined || names.includes(name),
      );
      return changeMarks(
        context,
        project,
        { id: gestureId, label: 'Take proposed groups' },
        {
          total: proposed.reduce((sum, { imageIds }) => sum + imageIds.length, 0),
          parts: sliceMarks(listGroupMarks(proposed)),
        },
        // Photographs may have left the project since it was audited.
        { skipUnknown: true },
      );
    },
  };
}

/** Each photograph is in one group at most. */
function* listGroupMarks(groups: AuditReport['groups']['groups']): Generator<MarkEntry> {
  for (const { name, imageIds } of groups) for (const id of imageIds) yield [id, { group: name }];
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
