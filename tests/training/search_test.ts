import assert from "node:assert/strict";
import {
  type Evaluate,
  gridConfigurations,
  type ProgressEvent,
  Random,
  randomConfigurations,
  search,
  type TrialRequest,
} from "curio";
import fc from "fast-check";

const values = (count: number) => gridConfigurations({ x: Array.from({ length: count }, (_, x) => x) });
/** Best at x = 2, and better with more budget. */
const parabola: Evaluate = ({ configuration: { x }, budget }) => Promise.resolve(budget - (Number(x) - 2) ** 2);

Deno.test("gridConfigurations() is every combination, once", () => {
  assert.deepEqual(gridConfigurations({ a: [1, 2], b: ["x", "y"] }), [
    { a: 1, b: "x" },
    { a: 1, b: "y" },
    { a: 2, b: "x" },
    { a: 2, b: "y" },
  ]);
  assert.deepEqual(gridConfigurations({}), [{}]);
  assert.throws(() => gridConfigurations({ a: [] }), /a must have at least one value/);
});

Deno.test("randomConfigurations() draws within its ranges, each hyperparameter by itself", () => {
  const space = {
    rate: { low: 1e-4, high: 1e-1, scale: "log" as const },
    units: { low: 2, high: 5, integer: true },
    kind: ["a", "b"],
  };
  const drawn = randomConfigurations(space, { count: 400, random: new Random(1) });
  assert.ok(drawn.every(({ rate }) => Number(rate) >= 1e-4 && Number(rate) < 1e-1));
  const small = drawn.filter(({ rate }) => Number(rate) < 10 ** -2.5).length;
  assert.ok(small > 160 && small < 240, `${small} of 400 below the middle order of magnitude`);
  assert.deepEqual([...new Set(drawn.map(({ units }) => units))].sort(), [2, 3, 4, 5]);
  assert.deepEqual([...new Set(drawn.map(({ kind }) => kind))].sort(), ["a", "b"]);
  // Another hyperparameter, or more draws, disturb nothing.
  const { rate } = space;
  assert.deepEqual(
    randomConfigurations({ rate }, { count: 2, random: new Random(1) }),
    drawn.slice(0, 2).map((one) => ({ rate: one.rate })),
  );
});

Deno.test("randomConfigurations() refuses what cannot be drawn from", () => {
  const of = (space: Parameters<typeof randomConfigurations>[0], count = 1) => () =>
    randomConfigurations(space, { count, random: new Random(1) });
  assert.throws(of({}, 0), /count must be an integer ≥ 1: current value is 0/);
  assert.throws(of({ a: [] }), /at least one value/);
  assert.throws(of({ a: { low: 2, high: 1 } }), /finite range.*current value is 2…1/);
  assert.throws(of({ a: { low: 0, high: 1, scale: "log" } }), /above 0 where its scale is log/);
});

Deno.test("search() of a grid tries everything once and takes the best, the first of equals", async () => {
  const { trials, best } = await search(values(5), { evaluate: parabola });
  assert.deepEqual(trials.map(({ score }) => score), [-3, 0, 1, 0, -3]);
  assert.deepEqual(best.configuration, { x: 2 });
  const { best: first } = await search(values(5), { evaluate: () => Promise.resolve(1) });
  assert.deepEqual(first.configuration, { x: 0 });
});

Deno.test("search() by successive halving gives the best third three times the budget", async () => {
  const { trials, best } = await search(values(9), { evaluate: parabola, halving: { least: 10, most: 90 } });
  const rungs = Map.groupBy(trials, ({ budget }) => budget);
  assert.deepEqual([...rungs].map(([budget, { length }]) => [budget, length]), [[10, 9], [30, 3], [90, 1]]);
  assert.deepEqual(rungs.get(30)!.map(({ configuration: { x } }) => x), [2, 1, 3]);
  assert.deepEqual([best.configuration, best.budget], [{ x: 2 }, 90]);
});

Deno.test("search() halves to floor(n / η^i) configurations and never beyond the largest budget", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 1, max: 60 }),
      async (count, eta, most) => {
        const { trials, best } = await search(values(count), { evaluate: parabola, halving: { least: 1, most, eta } });
        const rungs = [...Map.groupBy(trials, ({ budget }) => budget)];
        rungs.forEach(([budget, { length }], rung) => {
          assert.equal(budget, eta ** rung);
          assert.equal(length, Math.floor(count / eta ** rung));
          assert.ok(budget <= most);
        });
        assert.deepEqual(best.configuration, { x: Math.min(2, count - 1) });
      },
    ),
  );
  const refused = (halving: { least: number; most: number; eta?: number }) =>
    search(values(2), { evaluate: parabola, halving });
  await assert.rejects(refused({ least: 2, most: 1 }), /Cannot halve/);
  await assert.rejects(refused({ least: 1, most: 9, eta: 1 }), /η must be above 1/);
  await assert.rejects(search([], { evaluate: parabola }), /at least one configuration/);
});

Deno.test("search() ranks what fails last, and fails only where all do", async () => {
  const events: ProgressEvent[] = [];
  const evaluate: Evaluate = ({ configuration: { x }, ...rest }, options) =>
    x === 2
      ? Promise.reject(new Error("diverged"))
      : x === 1
      ? Promise.resolve(NaN)
      : parabola({ configuration: { x }, ...rest }, options);
  const { trials, best } = await search(values(4), { evaluate, onProgress: (event) => events.push(event) });
  assert.deepEqual(trials.map(({ score, error }) => error ?? score), [-3, "the score is NaN", "diverged", 0]);
  assert.deepEqual(best.configuration, { x: 3 });
  assert.deepEqual(events.filter(({ kind }) => kind === "note").length, 2);
  assert.deepEqual(events.at(-1)!.kind, "finish");
  await assert.rejects(
    search(values(2), { evaluate: () => Promise.reject(new Error("no data")) }),
    /every trial failed: no data/,
  );
});

Deno.test("search() that was stopped goes on, with the same result and nothing done twice", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const run = (stopAfter: number) => {
      const controller = new AbortController();
      const asked: TrialRequest[] = [];
      const evaluate: Evaluate = (request, options) => {
        asked.push(request);
        if (asked.length > stopAfter) controller.abort(new DOMException("enough", "AbortError"));
        options.signal.throwIfAborted();
        return parabola(request, options);
      };
      const halving = { least: 1, most: 9 };
      const keep = { folder, study: { data: "toy" } };
      return { asked, result: search(values(9), { evaluate, halving, keep, signal: controller.signal }) };
    };
    await assert.rejects(run(5).result, { message: "enough" });
    await assert.rejects(run(5).result, { message: "enough" });
    const last = run(Infinity);
    const whole = await search(values(9), { evaluate: parabola, halving: { least: 1, most: 9 } });
    const plain = ({ configuration, budget, score }: TrialRequest & { score: number | null }) => ({
      configuration,
      budget,
      score,
    });
    const result = await last.result;
    assert.deepEqual(result.trials.map(plain), whole.trials.map(plain));
    assert.deepEqual(plain(result.best), plain(whole.best));
    assert.equal(last.asked.length, 13 - 10);
    const other = run(Infinity);
    await other.result;
    assert.equal(other.asked.length, 0);
    await Deno.writeTextFile(`${folder}/${[...Deno.readDirSync(folder)][0].name}`, "{");
    const mended = run(Infinity);
    await mended.result;
    assert.equal(mended.asked.length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("search() in processes gives what it gives in this one, and survives a crash", async () => {
  const module = new URL("search_worker_sample.ts", import.meta.url);
  const { trials, best } = await search(values(10), {
    evaluate: { module, workers: 2, memory: 1e8 },
    halving: { least: 5, most: 15 },
  });
  assert.deepEqual(trials.slice(0, 8).map(({ score }) => score), [1, 4, 5, 4, 1, -4, -11, -20]);
  assert.equal(trials[8].error, "the score is NaN");
  assert.match(trials[9].error!, /its worker died: it exited with 1/);
  assert.deepEqual([best.configuration, best.score], [{ x: 2 }, 15]);
});
