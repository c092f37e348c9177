import assert from "node:assert/strict";
import {
  coralSampling,
  cosineDiversitySampling,
  diverseMiniBatchSampling,
  jensenShannonDiversitySampling,
  kCenterGreedySampling,
  klDiversitySampling,
  kMeansSampling,
  marginSampling,
  matrix,
  poolView,
  probCoverSampling,
  Random,
  rankedBatchSampling,
  uncertainThenDiverseSampling,
} from "curio";
import { assertClose } from "./close_to.ts";
import { waveDistributions, waves } from "./waves.ts";

const view = poolView({
  classCount: 3,
  candidates: Array.from({ length: 30 }, (_, row) => 100 + row),
  labelled: [1, 2, 3, 4, 5],
  labels: [0, 1, 2, 0, 1],
  embeddings: waves(30, 4, 1),
  probabilities: waveDistributions(30, 3, 2),
  labelledEmbeddings: waves(5, 4, 100),
  labelledProbabilities: waveDistributions(5, 3, 200),
});

// The picks of the plain functions, which have their golden cases beside them, as ids.
const expected = {
  kCenterGreedy: [kCenterGreedySampling(), [29, 13, 16, 14, 15, 27]],
  cosineDiversity: [cosineDiversitySampling(), [29, 16, 13, 14, 28, 26]],
  klDiversity: [klDiversitySampling(), [9, 25, 23, 4, 20, 21]],
  jensenShannonDiversity: [jensenShannonDiversitySampling(), [9, 25, 23, 4, 20, 21]],
  rankedBatch: [rankedBatchSampling(), [29, 13, 16, 14, 28, 12]],
} as const;
for (const [name, [strategy, rows]] of Object.entries(expected)) {
  Deno.test(`${name} asks for the ids of its rows`, async () => {
    const { indices } = await strategy.select(view, 6, new Random(1));
    assert.deepEqual([...indices], rows.map((row) => 100 + row));
  });
}

Deno.test("coral picks the largest product of uncertainty and distance", async () => {
  // NumPy 2.4.6: argmax of min distance × (1 − max p) / (1 − 1/3), one by one
  const { indices, scores } = await coralSampling().select(view, 6, new Random(1));
  assert.deepEqual([...indices], [129, 113, 128, 114, 112, 126]);
  assertClose(scores, [1.76428567, 1.43260251, 1.10506063, 1.0120001, 0.957571312, 0.78625321]);
});

Deno.test("coral of strength 0 is k-center greedy", async () => {
  const { indices } = await coralSampling({ strength: 0 }).select(view, 6, new Random(1));
  assert.deepEqual([...indices], [129, 113, 116, 114, 115, 127]);
  assert.throws(() => coralSampling({ strength: -1 }), /strength must be ≥ 0: current value is -1/);
});

Deno.test("kCenterGreedy steps over the share of outliers it is given", async () => {
  const pool = poolView({ classCount: 2, embeddings: matrix([[0], [1], [2], [3], [1000]]) });
  const { indices } = await kCenterGreedySampling({ outlierShare: 0.2 }).select(pool, 2, new Random(1));
  assert.ok(!indices.includes(4));
  assert.throws(() => kCenterGreedySampling({ outlierShare: 1 }), /share must be in \[0, 1\): current value is 1/);
});

Deno.test("uncertainThenDiverse looks only at what the filter lets through", async () => {
  const uncertainty = marginSampling();
  const filtered = new Set((await uncertainty.select(view, 12, new Random(1))).indices);
  const { indices } = await uncertainThenDiverseSampling({ factor: 3 }).select(view, 4, new Random(1));
  assert.ok(indices.every((id) => filtered.has(id)));
  const all = uncertainThenDiverseSampling({ factor: 30 });
  assert.deepEqual(
    (await all.select(view, 4, new Random(1))).indices,
    (await kCenterGreedySampling().select(view, 4, new Random(1))).indices,
  );
});

Deno.test("uncertainThenDiverse joins the needs and names the parts", () => {
  const { needs, options } = uncertainThenDiverseSampling({ diversity: kMeansSampling() });
  assert.deepEqual(needs, ["probabilities", "embeddings"]);
  assert.deepEqual(options, { uncertainty: { name: "margin" }, diversity: { name: "kMeans" }, factor: 10 });
});

Deno.test("diverseMiniBatch asks among the β·k least certain, one of each cluster", async () => {
  // Rows 0…5 are torn between two classes, in three places; rows 6…9 are sure.
  const pool = poolView({
    classCount: 2,
    embeddings: matrix([[0], [1], [50], [51], [90], [91], [20], [21], [22], [23]]),
    probabilities: matrix([...Array(6).fill([0.5, 0.5]), ...Array(4).fill([1, 0])]),
  });
  const { indices } = await diverseMiniBatchSampling({ beta: 2 }).select(pool, 3, new Random(1));
  assert.deepEqual([...indices].map((id) => Math.floor(id / 2)).sort(), [0, 1, 2]);
  assert.throws(() => diverseMiniBatchSampling({ beta: 0.5 }), /beta must be at least 1: current value is 0.5/);
});

Deno.test("probCover chooses its own radius, or takes the one it is given", async () => {
  const pool = poolView({ classCount: 2, embeddings: matrix([[0], [1], [2], [50], [51], [52], [53]]) });
  const { indices, scores } = await probCoverSampling().select(pool, 2, new Random(1));
  assert.deepEqual([...scores], [4, 3]);
  assert.deepEqual([...indices].map((id) => Number(id > 2)), [1, 0]);
  const tight = await probCoverSampling({ radius: 0.5 }).select(pool, 7, new Random(1));
  assert.deepEqual([...tight.scores], Array(7).fill(1));
});
