/** Orders of long lists: fresh where that is cheap, and never a burden where it is not. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createImageOrders } from '../../src/main/db/image-orders.ts';

function makeOrders() {
  const sqlite = new Database(':memory:');
  sqlite.exec('CREATE TABLE t (n)');
  const clock = { ms: 0 };
  const asked: string[] = [];
  const orders = createImageOrders({ sqlite }, () => clock.ms);
  return {
    clock,
    asked,
    change: () => sqlite.exec('INSERT INTO t VALUES (1)'),
    get: (name: string, costMs: number) =>
      orders.get(name, () => {
        asked.push(name);
        clock.ms += costMs;
        return ['a', 'b', 'c'];
      }),
  };
}

test('an order is computed once until the database changes', () => {
  const { asked, change, get } = makeOrders();
  expect([get('x', 1).positionOf('c'), get('x', 1).positionOf('d')]).toEqual([2, undefined]);
  expect(asked).toEqual(['x']);
  change();
  get('x', 1);
  expect(asked).toEqual(['x', 'x']);
});

test('an order that takes long is used on for a while after a change, then computed anew', () => {
  const { clock, asked, change, get } = makeOrders();
  get('x', 200);
  change();
  clock.ms += 5000;
  get('x', 200);
  expect(asked).toEqual(['x']);
  clock.ms += 1500;
  get('x', 200);
  expect(asked).toEqual(['x', 'x']);
});

test('the few orders in use are kept, not all there ever were', () => {
  const { asked, get } = makeOrders();
  for (const name of ['a', 'b', 'c', 'd', 'a', 'e', 'a', 'b']) get(name, 1);
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'e', 'b']);
});
