/** What the Data place shows of a project at a glance: groups with their sides, and what the present split means. */
import type { DataOverview } from '../../../contract/audit.ts';
import { describeSplit } from '../../../core/audit/split-plan.ts';
import type { ProjectRows } from '../../db/project-reader.ts';
import { listPlaced } from './chains.ts';

/** Pictures that stand for a group. */
const samples = 4;

/** Groups, the largest first, and the present split. */
export function computeOverview(project: ProjectRows): DataOverview {
  const images = listPlaced(project);
  const classNames = new Map(project.classes.list().map(({ id, name }) => [id, name]));
  const { isTestLocked, testLooks } = project.settings.get();
  const groups = new Map<string | null, DataOverview['groups'][number]>();
  for (const { id, group: name, split, problem } of images) {
    const own = groups.get(name) ?? { name, images: 0, train: 0, valid: 0, test: 0, sample: [] };
    groups.set(name, own);
    own.images += 1;
    if (split !== null) own[split] += 1;
    if (problem === null && own.sample.length < samples) own.sample.push(id);
  }
  return {
    groups: [...groups.values()].sort((a, b) => b.images - a.images),
    split: describeSplit(images, classNames),
    isTestLocked,
    testLooks,
    copies: images.filter(({ copyOf }) => copyOf !== null).length,
  };
}
