import assert from "node:assert/strict";
import { checkStrategy, type PoolView, type QueryStrategy, Random, randomSampling, type Selection, tf } from "curio";

/** A strategy written by hand, without the care that queryStrategy() takes. */
function careless(
  select: (view: PoolView, k: number, random: Random) => Promise<Selection> | Selection,
): QueryStrategy {
  return {
    ...randomSampling(),
    name: "careless",
    select: async (view, k, random) => await select(view, k, random),
  };
}

async function failuresOf(strategy: QueryStrategy): Promise<string[]> {
  const { passed, checks } = await checkStrategy(strategy);
  const failures = checks.filter((check) => !check.passed).map(({ name }) => name);
  assert.equal(passed, failures.length === 0);
  return failures;
}

const honest = (view: PoolView, k: number, random: Random) => randomSampling().select(view, k, random);

Deno.test("checkStrategy() passes a strategy that keeps the contract", async () => {
  const { strategy, passed, checks } = await checkStrategy(randomSampling());
  assert.deepEqual([strategy, passed], ["random", true]);
  assert.ok(checks.length >= 12);
});

Deno.test("checkStrategy() finds picks that are not distinct, not candidates or not as many as asked", async () => {
  const name = "picks are distinct candidates, as many as asked for";
  const constant = (id: (view: PoolView) => number, length = (k: number) => k) =>
    careless(async (view, k, random) => {
      const { warning } = await honest(view, k, random);
      const count = length(Math.min(k, view.candidates.length));
      return { indices: new Int32Array(count).fill(id(view)), scores: new Float64Array(count), warning };
    });
  for (
    const strategy of [
      constant((view) => view.candidates[0]),
      constant(() => 0),
      constant((view) => view.candidates[0], () => 1),
    ]
  ) assert.ok((await failuresOf(strategy)).includes(name));
});

Deno.test("checkStrategy() finds a missing warning and a batch size let through", async () => {
  const silent = careless(async (view, k, random) => {
    const { indices, scores } = await honest(view, Math.min(k, view.candidates.length), random);
    return { indices, scores };
  });
  assert.deepEqual(await failuresOf(silent), ["picks are distinct candidates, as many as asked for"]);
  const trusting = careless((view, k, random) => honest(view, k > 0 ? Math.floor(k) : 0, random));
  assert.deepEqual(await failuresOf(trusting), ["a batch size that is no count is refused"]);
});

Deno.test("checkStrategy() finds chance that is not seeded", async () => {
  let calls = 0;
  const strategy = careless((view, k) => honest(view, k, new Random(calls++)));
  assert.ok((await failuresOf(strategy)).includes("the same seed gives the same picks"));
});

Deno.test("checkStrategy() finds a strategy that follows the order of the rows", async () => {
  const strategy = careless(async (view, k, random) => {
    const { warning, indices: { length } } = await honest(view, k, random);
    return { indices: view.candidates.slice(0, length), scores: new Float64Array(length), warning };
  });
  assert.deepEqual(await failuresOf(strategy), ["permuting the pool permutes the picks"]);
});

Deno.test("checkStrategy() finds a strategy that remembers candidates it may no longer ask", async () => {
  let first: PoolView | undefined;
  const strategy = careless((view, k, random) => {
    first ??= view;
    return honest(view.classCount === 3 && view.candidates.length < first.candidates.length ? first : view, k, random);
  });
  assert.ok((await failuresOf(strategy)).includes("restricting the candidates restricts the picks"));
});

Deno.test("checkStrategy() finds inputs that were changed and tensors that were left", async () => {
  const meddling = careless(async (view, k, random) => {
    (await view.probabilities()).data[0] += 1;
    return await honest(view, k, random);
  });
  assert.deepEqual(await failuresOf(meddling), ["inputs are not touched"]);
  const left: tf.Tensor[] = [];
  const leaking = careless((view, k, random) => {
    left.push(tf.scalar(1));
    return honest(view, k, random);
  });
  assert.deepEqual(await failuresOf(leaking), ["no tensors are left behind"]);
  tf.dispose(left);
});

Deno.test("checkStrategy() finds a strategy that stumbles over odd pools", async () => {
  const strategy = careless(async (view, k, random) => {
    if (view.labelled.length === 0) throw new Error("nothing to learn from");
    if ((await view.probabilities()).data.some(Number.isNaN)) throw new Error("NaN");
    if (view.classCount === 1000) throw new Error("too many classes");
    if (view.candidates.length > 1000) throw new Error("too many items");
    if (new Set((await view.embeddings()).data).size === 1) throw new Error("all alike");
    return await honest(view, k, random);
  });
  assert.deepEqual(await failuresOf(strategy), [
    "nothing need be labelled yet",
    "one class, two and a thousand are in order",
    "one-hot, uniform, zero and NaN rows do no harm",
    "constant embeddings and duplicates do no harm",
    "a class of one in a thousand does no harm",
  ]);
});
