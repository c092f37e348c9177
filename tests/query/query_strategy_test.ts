import assert from "node:assert/strict";
import { drawById, matrix, poolView, queryStrategy, Random, randomSampling, scoredStrategy } from "curio";

Deno.test("drawById() gives ids uniform numbers that do not depend on each other", () => {
  const draw = drawById(new Random(1));
  const numbers = Array.from({ length: 10_000 }, (_, id) => draw(id));
  assert.equal(new Set(numbers).size, 10_000);
  const bins = new Int32Array(10);
  for (const number of numbers) bins[Math.floor(10 * number)]++;
  // Binomial(10,000, 1/10): mean 1000, deviation 30; five deviations.
  for (const count of bins) assert.ok(Math.abs(count - 1000) < 150, `${bins}`);
  const mean = numbers.reduce((sum, number) => sum + number, 0) / 10_000;
  const covariance = numbers.slice(1).reduce((sum, number, id) => sum + (number - mean) * (numbers[id] - mean), 0) /
    9999;
  // Deviation of the correlation of neighbours: 0.01; five deviations, times the variance 1/12.
  assert.ok(Math.abs(covariance) < 0.05 / 12, `${covariance}`);
});

Deno.test("drawById() draws anew at each call, and the same from the same seed", () => {
  const random = new Random(1);
  const [first, second] = [drawById(random), drawById(random)];
  assert.notEqual(first(5), second(5));
  assert.equal(first(5), drawById(new Random(1))(5));
});

Deno.test("random sampling gives every item the same chance", async () => {
  const counts = new Int32Array(6);
  const view = poolView({ classCount: 2, candidates: [0, 1, 2, 3, 4, 5] });
  for (let seed = 0; seed < 1200; seed++) {
    for (const id of (await randomSampling().select(view, 2, new Random(seed))).indices) counts[id]++;
  }
  // Binomial(1200, 1/3): mean 400, deviation 16; five deviations.
  for (const count of counts) assert.ok(Math.abs(count - 400) < 82, `${counts}`);
});

Deno.test("a strategy sees its candidates ascend, and its rows become ids", async () => {
  const seen: number[][] = [];
  const strategy = queryStrategy({
    name: "last",
    family: "baseline",
    needs: ["probabilities"],
    reference: "none",
    async pick(view) {
      seen.push([...view.candidates], [...(await view.probabilities()).data]);
      return { rows: [view.candidates.length - 1], scores: [7] };
    },
  });
  const view = poolView({ classCount: 1, candidates: [30, 10, 20], probabilities: matrix([[3], [1], [2]]) });
  const { indices, scores, warning } = await strategy.select(view, 1, new Random(1));
  assert.deepEqual(seen, [[10, 20, 30], [1, 2, 3]]);
  assert.deepEqual([[...indices], [...scores], warning], [[30], [7], undefined]);
});

Deno.test("an empty batch and an empty pool need no strategy", async () => {
  const strategy = scoredStrategy({
    name: "never",
    family: "baseline",
    needs: [],
    reference: "none",
    score: () => Promise.reject(new Error("must not be asked")),
  });
  const nothing = await strategy.select(poolView({ classCount: 1, candidates: [1] }), 0, new Random(1));
  assert.deepEqual([nothing.indices.length, nothing.warning], [0, undefined]);
  const empty = await strategy.select(poolView({ classCount: 1, candidates: [] }), 2, new Random(1));
  assert.match(empty.warning ?? "", /only 0 of the 2/);
});

Deno.test("a strategy that the view cannot serve says what is missing", async () => {
  const strategy = scoredStrategy({
    name: "needy",
    family: "baseline",
    needs: ["committee"],
    reference: "none",
    score: async (view) => Float64Array.from((await view.committee())[0].data),
  });
  await assert.rejects(
    strategy.select(poolView({ classCount: 1, candidates: [1] }), 1, new Random(1)),
    /Cannot read committee/,
  );
});
