import assert from "node:assert/strict";
import { entropy, informationDensity, informationDensitySampling, matrix, poolView, Random, tf } from "curio";
import { assertClose } from "./close_to.ts";
import { waves } from "./waves.ts";

const points = waves(30, 4, 1);

Deno.test("informationDensity() agrees with modAL", async () => {
  // modAL-python 0.4.2.1: information_density(X, "euclidean")[:4] and (X, "cosine")[:4]
  const euclidean = await informationDensity(points);
  assertClose(euclidean.subarray(0, 4), [0.379259952, 0.370144184, 0.37143065, 0.400076064]);
  const inverse = await informationDensity(points, { similarity: "inverseCosine" });
  assertClose(inverse.subarray(0, 4), [0.543599763, 0.54432688, 0.539994487, 0.540449844]);
});

Deno.test("informationDensity() by cosine is the mean of scikit-learn's cosine_similarity", async () => {
  const cosine = await informationDensity(points, { similarity: "cosine" });
  assertClose(cosine.subarray(0, 4), [0.0105045506, 0.00468253017, -0.0089654754, 0.00261488138]);
});

Deno.test("informationDensity() leaves out rows with NaN, and tensors behind it none", async () => {
  const before = tf.memory().numTensors;
  const densities = await informationDensity(matrix([[0], [NaN], [1]]));
  assert.deepEqual([...densities], [0.75, NaN, 0.75]);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("informationDensitySampling() multiplies by the informativeness it is given", async () => {
  const view = poolView({
    classCount: 2,
    probabilities: matrix([[1, 0], [0.5, 0.5], [0.9, 0.1]]),
    embeddings: matrix([[0], [9], [0.1]]),
  });
  const alone = await informationDensitySampling().select(view, 1, new Random(1));
  assert.notEqual(alone.indices[0], 1);
  const strategy = informationDensitySampling({ informativeness: entropy, beta: 0.5 });
  const { indices, scores } = await strategy.select(view, 1, new Random(1));
  assert.equal(indices[0], 1);
  const [, density] = await informationDensity(await view.embeddings());
  assertClose(scores, [Math.LN2 * Math.sqrt(density)], 1e-9);
  assert.deepEqual(strategy.needs, ["probabilities", "embeddings"]);
});
