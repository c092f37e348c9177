import assert from "node:assert/strict";
import fc from "fast-check";
import { Pool, PoolError, type PoolFault } from "curio";

function fault(expected: PoolFault, text: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof PoolError, `${error}`);
    assert.equal(error.fault, expected);
    assert.match(error.message, text);
    return true;
  };
}

function asking(): Pool {
  const pool = new Pool({ size: 6, classCount: 3 });
  pool.initialise([4, 1], [2, 0]);
  pool.query([5, 0]);
  return pool;
}

Deno.test("a pool keeps labels in the order they were asked", () => {
  const pool = asking();
  assert.deepEqual(pool.pending, Int32Array.of(5, 0));
  pool.label([0], [1]);
  assert.equal(pool.state, "asking");
  pool.label([5], [1]);
  assert.equal(pool.state, "ready");
  assert.deepEqual(pool.labelled, Int32Array.of(4, 1, 0, 5));
  assert.deepEqual(pool.labels, Int32Array.of(2, 0, 1, 1));
  assert.deepEqual(pool.candidates, Int32Array.of(2, 3));
});

Deno.test("steps out of order are refused, each by its name", () => {
  const fresh = new Pool({ size: 3, classCount: 2 });
  assert.throws(() => fresh.query([0]), fault("order", /Cannot query: .*current value is new\. Call initialise/));
  assert.throws(() => fresh.label([0], [0]), fault("order", /Cannot label/));
  fresh.initialise([], []);
  assert.throws(() => fresh.initialise([], []), fault("order", /initialised once/));
  assert.throws(() => fresh.label([0], [0]), fault("order", /Call query\(\) first/));
  assert.throws(() => asking().query([2]), fault("order", /the 2 open questions/));
});

Deno.test("wrong lengths, labelled, unqueried, ignored and unknown items are refused, and change nothing", () => {
  const cases: [PoolFault, RegExp, (pool: Pool) => void][] = [
    ["length", /one label for each of 2 items/, (pool) => pool.label([5, 0], [1])],
    ["labelled", /item 4 is labelled already/, (pool) => pool.label([4], [1])],
    ["unqueried", /item 2 was not queried/, (pool) => pool.label([5, 2], [1, 1])],
    ["index", /item 5 must be given once/, (pool) => pool.label([5, 5], [1, 1])],
    ["index", /in 0…5: current value is 6/, (pool) => pool.label([6], [1])],
    ["class", /in 0…2: current value is 3/, (pool) => pool.label([5], [3])],
    ["unlabelled", /item 5 has none yet/, (pool) => pool.correct(5, 1)],
  ];
  for (const [expected, text, act] of cases) {
    const pool = asking();
    assert.throws(() => act(pool), fault(expected, text));
    assert.deepEqual([...pool.pending, ...pool.labelled], [5, 0, 4, 1]);
  }
  const ready = asking();
  ready.label([5, 0], [0, 0]);
  ready.ignore(2);
  assert.throws(() => ready.query([4]), fault("labelled", /item 4/));
  assert.throws(() => ready.query([2]), fault("ignored", /item 2 is ignored/));
  assert.throws(() => ready.query([]), fault("length", /at least one/));
  assert.throws(() => ready.ignore(2), fault("ignored", /already/));
});

Deno.test("labels are corrected in their place, and ignored items leave", () => {
  const pool = asking();
  pool.correct(4, 1);
  assert.deepEqual(pool.labels, Int32Array.of(1, 0));
  pool.ignore(5);
  pool.ignore(0);
  assert.equal(pool.state, "ready");
  pool.ignore(4);
  assert.deepEqual(pool.labelled, Int32Array.of(1));
  assert.deepEqual(pool.ignored, Int32Array.of(0, 4, 5));
  assert.equal(pool.labelOf(1), 0);
  assert.equal(pool.labelOf(2), undefined);
});

Deno.test("whatever is done to a pool, every item is a candidate, pending, labelled or ignored, and one of them only", () => {
  const step = fc.record({ act: fc.integer({ min: 0, max: 4 }), index: fc.integer({ min: -1, max: 8 }) });
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const pool = new Pool({ size: 8, classCount: 2 });
    for (const { act, index } of steps) {
      try {
        if (act === 0) pool.initialise([index], [0]);
        if (act === 1) pool.query([index]);
        if (act === 2) pool.label([index], [1]);
        if (act === 3) pool.ignore(index);
        if (act === 4) pool.correct(index, 1);
      } catch (error) {
        assert.ok(error instanceof PoolError);
      }
      const all = [...pool.candidates, ...pool.pending, ...pool.labelled, ...pool.ignored];
      assert.deepEqual(all.sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7]);
      assert.equal(pool.state === "asking", pool.pending.length > 0);
    }
  }));
});
