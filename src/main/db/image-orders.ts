/**
 * Orders of long lists that are dear to compute (sorted by score, filtered by class), kept as ids: a page is then a slice. In a project of
 * 100,000 photographs one costs up to a third of a second, during which the host answers nothing else; so an order that has grown stale is
 * used on until it is thirty times as old as it took. Orders that are cheap are always fresh.
 */
import type { Connection } from './connection.ts';

export interface ImageOrder {
  readonly ids: readonly string[];
  /** 0-based; undefined for an image that is not in the list. */
  positionOf(id: string): number | undefined;
}

export interface ImageOrders {
  /** The order of that name: as kept, or computed anew when the database has changed since. */
  get(name: string, compute: () => string[]): ImageOrder;
}

const keptAtMost = 4;
const cheapMs = 20;
const ageOverCost = 30;

/** `nowMs`: a clock that only goes forward. */
export function createImageOrders(
  { sqlite }: Pick<Connection, 'sqlite'>,
  nowMs: () => number = () => performance.now(),
): ImageOrders {
  const changes = sqlite.prepare<[], number>('SELECT total_changes()').pluck();
  const kept = new Map<string, { order: ImageOrder; atChange: number; atMs: number; costMs: number }>();
  return {
    get: (name, compute) => {
      const atChange = changes.get() ?? 0;
      const startedMs = nowMs();
      const known = kept.get(name);
      kept.delete(name);
      if (known !== undefined) {
        const restMs = known.costMs < cheapMs ? 0 : known.costMs * ageOverCost;
        if (known.atChange === atChange || startedMs - known.atMs < restMs) {
          kept.set(name, known);
          return known.order;
        }
      }
      const order = makeOrder(compute());
      const oldest = kept.size >= keptAtMost ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(name, { order, atChange, atMs: nowMs(), costMs: nowMs() - startedMs });
      return order;
    },
  };
}

function makeOrder(ids: readonly string[]): ImageOrder {
  let positions: Map<string, number> | undefined;
  return {
    ids,
    positionOf: (id) => {
      positions ??= new Map(ids.map((known, position) => [known, position]));
      return positions.get(id);
    },
  };
}
