import assert from "node:assert/strict";
import { badge, gatherRows, matrix, Random, tf } from "curio";
import { gradientEmbeddings } from "../../lib/query/gradient_embedding.ts";
import { sampleBySquaredDistance } from "../../lib/query/sample_by_squared_distance.ts";
import { squaredEuclidean } from "../../lib/query/squared_euclidean.ts";
import { assertClose } from "./close_to.ts";
import { waveDistributions, waves } from "./waves.ts";

const embeddings = waves(30, 4, 1);
const probabilities = waveDistributions(30, 3, 2);

/** The outer products themselves. */
const explicit = matrix(Array.from({ length: 30 }, (_, row) => {
  const p = Array.from(probabilities.data.subarray(3 * row, 3 * row + 3));
  const predicted = p.indexOf(Math.max(...p));
  return p.flatMap((value, label) =>
    Array.from(embeddings.data.subarray(4 * row, 4 * row + 4), (h) => (value - Number(label === predicted)) * h)
  );
}));

Deno.test("gradientEmbeddings() gives the distances between explicit outer products", () => {
  const factorised = gradientEmbeddings({ probabilities, embeddings });
  const plain = squaredEuclidean(explicit);
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < 30; j++) assertClose([factorised.value(i, j)], [plain.value(i, j)]);
  }
  // NumPy 2.4.6: g = ((p - eye[p.argmax(1)])[:, :, None] * h[:, None, :]).reshape(30, -1); pairwise_distances(g)[0,
  // :5]**2
  assertClose([0, 1, 2, 3, 4].map((j) => factorised.value(0, j)), [
    0,
    0.275319569,
    0.597421283,
    0.0205468462,
    1.28849474,
  ]);
});

Deno.test("badge() begins with the longest gradient, and scores picks by D²", async () => {
  const { rows, scores } = await badge({ probabilities, embeddings }, { k: 6, random: new Random(1) });
  const { base, value } = gradientEmbeddings({ probabilities, embeddings });
  assert.equal(rows[0], 29); // NumPy, as above: (g**2).sum(1).argmax()
  assertClose([scores[0]], [base[29]]);
  for (let pick = 1; pick < 6; pick++) {
    const nearest = Math.min(...Array.from(rows).slice(0, pick).map((other) => value(rows[pick], other)));
    assertClose([scores[pick]], [nearest]);
  }
});

Deno.test("badge() never draws a copy of a pick before all else is drawn", async () => {
  const doubled = Int32Array.from({ length: 20 }, (_, place) => place % 10);
  for (let seed = 0; seed < 20; seed++) {
    const { rows } = await badge({
      probabilities: gatherRows(probabilities, doubled),
      embeddings: gatherRows(embeddings, doubled),
    }, { k: 20, random: new Random(seed) });
    assert.equal(new Set(Array.from(rows).slice(0, 10).map((row) => row % 10)).size, 10);
    assert.equal(new Set(Array.from(rows)).size, 20);
  }
});

Deno.test("badge() leaves no tensors, and wants an embedding for each row", async () => {
  const before = tf.memory().numTensors;
  await badge({ probabilities, embeddings }, { k: 10, random: new Random(1) });
  assert.equal(tf.memory().numTensors, before);
  await assert.rejects(
    badge({ probabilities, embeddings: matrix([[1]]) }, { k: 1, random: new Random(1) }),
    /each of 30 rows: current value is 1/,
  );
});

Deno.test("sampleBySquaredDistance() draws as passes over all rows would, with bounds that have gone stale", async () => {
  // Rows 0…3 around 0 and 100: after a pick at 0 and one at 100, the third is drawn by what is left of D².
  const source = matrix([[0], [3], [100], [104]]);
  const counts = new Map<string, number>();
  const draws = 1500;
  for (let seed = 0; seed < draws; seed++) {
    const { rows } = await sampleBySquaredDistance(squaredEuclidean(source), {
      k: 3,
      first: 0,
      random: new Random(seed),
    });
    counts.set(rows.join(), (counts.get(rows.join()) ?? 0) + 1);
  }
  const second = [0, 9, 10000, 10816];
  const total = 9 + 10000 + 10816;
  const expected = new Map<string, number>();
  for (const a of [1, 2, 3]) {
    const nearest = [0, 1, 2, 3].map((row) => Math.min(second[row], (source.data[row] - source.data[a]) ** 2));
    const rest = nearest.reduce((sum, value) => sum + value, 0);
    for (const b of [1, 2, 3]) if (b !== a) expected.set([0, a, b].join(), second[a] / total * nearest[b] / rest);
  }
  const names = [...expected.keys()];
  // Five standard errors.
  assertClose(
    names.map((name) => (counts.get(name) ?? 0) / draws),
    names.map((name) => expected.get(name)!),
    5 * Math.sqrt(0.25 / draws),
  );
});
