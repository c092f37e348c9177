import assert from "node:assert/strict";
import { contrastive, matrix, tf } from "curio";
import { assertClose } from "./close_to.ts";
import { waveDistributions, waves } from "./waves.ts";

const candidates = { embeddings: waves(30, 4, 1), probabilities: waveDistributions(30, 3, 2) };
const labelled = { embeddings: waves(5, 4, 100), probabilities: waveDistributions(5, 3, 200) };

Deno.test("contrastive() agrees with scikit-activeml's ContrastiveAL", async () => {
  // scikit-activeml 1.0.1, the lines of pool/_contrastive_al.py, with NearestNeighbors(n_neighbors=3)
  const before = tf.memory().numTensors;
  const scores = await contrastive(candidates, { labelled, neighbours: 3 });
  assertClose(
    scores.subarray(0, 6),
    [1.01145254, 1.48910613, 1.02245997, 1.16555405, 0.238131147, 0.655325779],
  );
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("contrastive() is 0 with nothing labelled, NaN for rows that are no distribution", async () => {
  const nothing = { embeddings: matrix([]), probabilities: matrix([]) };
  assert.deepEqual([...await contrastive(candidates, { labelled: nothing })], Array(30).fill(0));
  const odd = { embeddings: matrix([[1], [1]]), probabilities: matrix([[0, 0], [1, 0]]) };
  const known = { embeddings: matrix([[1]]), probabilities: matrix([[1, 0]]) };
  assert.deepEqual([...await contrastive(odd, { labelled: known })], [NaN, 0]);
});

Deno.test("contrastive() compares with all that is labelled where there are fewer than it wants", async () => {
  const few = await contrastive(candidates, { labelled, neighbours: 100 });
  assert.deepEqual(few, await contrastive(candidates, { labelled, neighbours: 5 }));
  await assert.rejects(contrastive(candidates, { labelled, neighbours: 0 }), /an integer ≥ 1: current value is 0/);
});
