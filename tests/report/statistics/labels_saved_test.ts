import assert from "node:assert/strict";
import { labelsSaved, labelsToReach, type LearningRun } from "curio";

const labels = [100, 200, 300];
const run = (strategy: string, values: number[], seed = 1): LearningRun => ({ strategy, seed, labels, values });

Deno.test("labelsToReach() is where the curve first comes through the target", () => {
  const dented = run("margin", [0.5, 0.75, 0.6]);
  assert.deepEqual(labelsToReach(dented, { target: 0.625 }), { low: 150, high: 150 });
  assert.deepEqual(labelsToReach(dented, { target: 0.75 }), { low: 200, high: 200 });
});

Deno.test("labelsToReach() is right-censored where the target is never reached, left-censored where it was from the start", () => {
  const flat = run("margin", [0.5, 0.5, 0.6]);
  assert.deepEqual(labelsToReach(flat, { target: 0.7 }), { low: 300, high: Infinity });
  assert.deepEqual(labelsToReach(flat, { target: 0.5 }), { low: 0, high: 100 });
  assert.deepEqual(labelsToReach(flat, { target: 0.58, range: { from: 150, to: 250 } }), { low: 250, high: Infinity });
});

Deno.test("labelsSaved() is the median over seeds, with the sign test's interval", () => {
  // The strategy needs 150 labels; random 160, 170 … 240: saved 10, 20 … 90.
  const pairs = Array.from({ length: 9 }, (_, seed) => {
    const needed = 160 + 10 * seed;
    const against = { strategy: "random", seed, labels: [100, needed, 300], values: [0.5, 0.6, 0.6] };
    return [run("margin", [0.5, 0.7, 0.8], seed), against] as const;
  });
  const { strategy, baseline, saved, interval, censored } = labelsSaved(pairs, { target: 0.6 });
  const rounded = ({ low, high }: { low: number; high: number }) => [low, high].map(Math.round);
  assert.deepEqual([strategy, baseline, saved].map(rounded), [[150, 150], [200, 200], [50, 50]]);
  // scipy.stats.binom.cdf(1, 9, 0.5) = 0.0195, of 2 already 0.09: the second from either end
  assert.deepEqual(rounded(interval!), [20, 80]);
  assert.equal(censored, 0);
  assert.equal(labelsSaved(pairs.slice(0, 5), { target: 0.6 }).interval, undefined);
  assert.deepEqual(rounded(labelsSaved(pairs.slice(0, 6), { target: 0.6 }).interval!), [10, 60]);
});

Deno.test("labelsSaved() keeps the runs that never reach the target, as bounds", () => {
  const quick = run("margin", [0.5, 0.7, 0.8]);
  const slow = run("random", [0.5, 0.5, 0.55]);
  const pairsOf = (count: number, pair: readonly [LearningRun, LearningRun]) => new Array(count).fill(pair);
  const half = [...pairsOf(5, [quick, slow]), ...pairsOf(2, [quick, quick])];
  const { saved, censored, interval } = labelsSaved(half, { target: 0.6 });
  assert.equal(censored, 5);
  assert.deepEqual(saved, { low: 150, high: Infinity });
  assert.deepEqual(interval, { low: 0, high: Infinity });
  assert.deepEqual(labelsSaved([[slow, quick]], { target: 0.6 }).saved, { low: -Infinity, high: -150 });
  assert.deepEqual(labelsSaved([[slow, slow]], { target: 0.6 }).saved, { low: -Infinity, high: Infinity });
  assert.throws(() => labelsSaved([], { target: 0.6 }), RangeError);
});
