import assert from "node:assert/strict";
import fc from "fast-check";
import { assignment } from "../../lib/labeling/assignment.ts";

const take = (places: ReturnType<typeof assignment>, annotator: number, count: number, now = 0, keep: number[] = []) =>
  places.take(annotator, { count, keep: new Set(keep), now, until: now + 100 }).map(({ item }) => item);

function withItems(count: number, wanted = 1): ReturnType<typeof assignment> {
  const places = assignment();
  for (let item = 1; item <= count; item++) places.add(item, { wanted, query: 1 });
  return places;
}

Deno.test("assignment() gives nobody what another holds, until the lease runs out", () => {
  const places = withItems(4);
  assert.deepEqual(take(places, 1, 2), [1, 2]);
  assert.deepEqual(take(places, 2, 4), [3, 4]);
  assert.deepEqual(take(places, 2, 4, 101), [1, 2, 3, 4]);
  places.settle(1, 1, "answered");
  assert.deepEqual([places.done, places.total], [1, 4], "an answer that comes late counts");
});

Deno.test("assignment() offers skipped items last, and to others at once", () => {
  const places = withItems(3);
  take(places, 1, 3);
  places.settle(1, 1, "skipped");
  assert.deepEqual(take(places, 2, 3), [1]);
  places.settle(1, 2, "skipped");
  places.settle(2, 1, "answered");
  assert.deepEqual(take(places, 1, 3), [3, 1]);
});

Deno.test("assignment() opens an item again when its answer is undone, and gives known ones to everybody", () => {
  const places = withItems(1);
  places.add(2, { wanted: Infinity, query: 1 });
  places.settle(1, 1, "answered");
  assert.deepEqual(take(places, 2, 5), [2]);
  places.settle(1, 1, "open");
  assert.deepEqual([places.done, places.total], [0, 1]);
  assert.deepEqual(take(places, 2, 5, 0, [2]), [2, 1]);
  assert.deepEqual(take(places, 3, 5), [2]);
});

Deno.test("assignment() gives what a later query asks for first, also where it was asked for before", () => {
  const places = withItems(3);
  places.add(4, { wanted: 1, query: 2 });
  assert.deepEqual(take(places, 1, 4), [4, 1, 2, 3]);
  places.add(2, { wanted: 1, query: 3 });
  assert.deepEqual(take(places, 1, 4), [2, 4, 1, 3]);
  assert.equal(places.total, 4);
});

Deno.test("assignment() gives the nearest first where a distance is said, and nothing that is infinitely far", () => {
  const places = withItems(5);
  const distance = (item: number) => item === 2 ? Infinity : Math.abs(item - 4);
  const near = (annotator: number, count: number) =>
    places.take(annotator, { count, keep: new Set(), now: 0, until: 100, distance }).map(({ item }) => item);
  assert.deepEqual(near(1, 2), [4, 3]);
  assert.deepEqual(near(2, 9), [5, 1]);
});

Deno.test("however people take, answer, skip and leave: no item is promised too often, and all get done", () => {
  const step = fc.record({
    who: fc.integer({ min: 1, max: 4 }),
    count: fc.integer({ min: 1, max: 4 }),
    does: fc.nat(3),
  });
  fc.assert(fc.property(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 80 }), (wanted, steps) => {
    const places = withItems(6, wanted);
    const answered = new Map<number, Set<number>>();
    const held = new Map<number, { items: number[]; until: number }>();
    let now = 0;
    const answer = (who: number, item: number) => {
      places.settle(item, who, "answered");
      answered.set(item, (answered.get(item) ?? new Set()).add(who));
    };
    for (const { who, count, does } of steps) {
      now += 10;
      const own = take(places, who, count, now);
      held.set(who, { items: own, until: now + 100 });
      for (const item of own) {
        assert.ok(!answered.get(item)?.has(who), "nobody is asked twice");
        const others = [...held].filter(([other, { items, until }]) =>
          other !== who && until > now && items.includes(item)
        );
        assert.ok((answered.get(item)?.size ?? 0) + others.length < wanted, "not more people than wanted");
      }
      if (does === 0 || own.length === 0) continue;
      const [item] = own;
      if (does === 1) places.settle(item, who, "skipped");
      else answer(who, item);
      held.get(who)!.items = own.slice(1);
    }
    // In the end four people who only answer finish everything.
    for (let round = 0; round < 30; round++) {
      now += 200;
      for (const who of [1, 2, 3, 4]) for (const item of take(places, who, 2, now)) answer(who, item);
    }
    assert.equal(places.done, 6);
    for (const people of answered.values()) assert.ok(people.size === wanted);
  }));
});
