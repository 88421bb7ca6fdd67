/** Which things hang together, from pairs that do. */

/** Disjoint sets over 0..n-1. */
export interface UnionFind {
  /** Joins the sets of two members; true when they were apart. */
  join(a: number, b: number): boolean;
  areJoined(a: number, b: number): boolean;
  /** The sets with `least` members or more, each in rising order, ordered by their first member. */
  list(least?: number): number[][];
}

/** Union by size with path halving (Tarjan 1975): joins and questions in all but constant time. */
export function createUnionFind(n: number): UnionFind {
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const size = new Int32Array(n).fill(1);
  const rootOf = (member: number): number => {
    let at = member;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  return {
    join: (a, b) => {
      const [first, second] = [rootOf(a), rootOf(b)];
      if (first === second) return false;
      const [large, small] =
        (size[first] as number) >= (size[second] as number) ? [first, second] : [second, first];
      parent[small] = large;
      size[large] = (size[large] as number) + (size[small] as number);
      return true;
    },
    areJoined: (a, b) => rootOf(a) === rootOf(b),
    list: (least = 1) => {
      const sets = new Map<number, number[]>();
      for (let i = 0; i < n; i++) {
        const root = rootOf(i);
        const set = sets.get(root);
        if (set === undefined) sets.set(root, [i]);
        else set.push(i);
      }
      return [...sets.values()].filter((set) => set.length >= least);
    },
  };
}
