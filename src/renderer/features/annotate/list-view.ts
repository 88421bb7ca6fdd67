/** What the image list shows and how: filter, order, rows or grid. Kept in the address, so that reload, back and a link bring it again. */
import type { ImageFilter, ImageSort } from '../../../contract/host-api.ts';
import { findingIds } from '../../../core/audit/health.ts';
import { type ImageState, imageStateSchema, splitSchema } from '../../../core/records.ts';

export interface ListView {
  readonly filter: ImageFilter;
  readonly sort: ImageSort;
  readonly isGrid: boolean;
}

export const sortFields = ['name', 'score', 'unsure', 'boxes', 'taken', 'size'] as const;
export const allStates: readonly ImageState[] = imageStateSchema.options;

/** Every image by name, as rows: what an address without a query means. */
export const plainView: ListView = {
  filter: {},
  sort: { by: 'name', isDescending: false },
  isGrid: false,
};

/** The names of what a filter asks for; one chip each. */
export const filterParts = [
  'states',
  'classId',
  'split',
  'group',
  'flag',
  'hasSuggestions',
  'score',
  'hasProblem',
  'finding',
  'text',
] as const;
export type FilterPart = (typeof filterParts)[number];

/** The parts that are in use. */
export function listParts(filter: ImageFilter): FilterPart[] {
  return filterParts.filter((part) => filter[part] !== undefined);
}

/** The filter without one part. */
export function withoutPart(filter: ImageFilter, part: FilterPart): ImageFilter {
  const { [part]: _left, ...rest } = filter;
  return rest;
}

/** Reads the query of an address; what it does not understand it leaves out. */
export function parseListView(query: string): ListView {
  const given = new URLSearchParams(query);
  const text = (name: string): string | undefined => {
    const value = given.get(name);
    return value === null || value === '' ? undefined : value;
  };
  const yesNo = (name: string): boolean | undefined =>
    given.get(name) === 'yes' ? true : given.get(name) === 'no' ? false : undefined;
  const states = allStates.filter((state) => text('state')?.split(',').includes(state));
  const [min, max] = (text('score') ?? '').split('-').map(Number);
  const hasScore = min !== undefined && max !== undefined && min >= 0 && min <= max && max <= 1;
  const filter: Record<FilterPart, unknown> = {
    states: states.length === 0 ? undefined : states,
    classId: text('class'),
    split: splitSchema.options.find((split) => split === text('split')),
    group: text('group'),
    flag: text('flag'),
    hasSuggestions: yesNo('suggestions'),
    score: hasScore ? { min, max } : undefined,
    hasProblem: yesNo('problem'),
    finding: findingIds.find((id) => id === text('finding')),
    text: text('text'),
  };
  const sort = text('sort') ?? '';
  const by = sortFields.find((field) => field === sort.replace(/^-/, ''));
  return {
    filter: Object.fromEntries(
      Object.entries(filter).filter(([, value]) => value !== undefined),
    ) as ImageFilter,
    sort: by === undefined ? plainView.sort : { by, isDescending: sort.startsWith('-') },
    isGrid: text('view') === 'grid',
  };
}

/** The query of an address for a view; empty for the plain one. */
export function formatListView({ filter, sort, isGrid }: ListView): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') query.set(name, value);
  };
  const yesNo = (value: boolean | undefined): string | undefined =>
    value === undefined ? undefined : value ? 'yes' : 'no';
  put('state', filter.states?.join(','));
  put('class', filter.classId);
  put('split', filter.split);
  put('group', filter.group);
  put('flag', filter.flag);
  put('suggestions', yesNo(filter.hasSuggestions));
  put('score', filter.score === undefined ? undefined : `${filter.score.min}-${filter.score.max}`);
  put('problem', yesNo(filter.hasProblem));
  put('finding', filter.finding);
  put('text', filter.text);
  if (sort.by !== 'name' || sort.isDescending) put('sort', `${sort.isDescending ? '-' : ''}${sort.by}`);
  if (isGrid) put('view', 'grid');
  return query.toString();
}
