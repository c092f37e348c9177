import assert from "node:assert/strict";
import { kNearestNeighbours, matrix, nearestCentroid, rowOf, tf } from "curio";
import { assertClose } from "../query/close_to.ts";
import { wavyEmbeddings } from "./wavy_embeddings.ts";

const ten = { items: 120, features: 8, classes: 10, spread: 0.8 };
const { embeddings, labels } = wavyEmbeddings(ten);
const classNames = Array.from({ length: 10 }, (_, label) => `class ${label}`);

// scikit-learn 1.9.1: KNeighborsClassifier(7, weights=…, metric=…).fit(embeddings, labels).predict_proba(three others).
const cases = [
  {
    weights: "uniform",
    metric: "cosine",
    expected: [
      "0.71429 0 0 0 0 0.28571 0 0 0 0",
      "0 0.14286 0.14286 0.14286 0 0 0.42857 0.14286 0 0",
      "0 0 0.71429 0.28571 0 0 0 0 0 0",
    ],
  },
  {
    weights: "uniform",
    metric: "euclidean",
    expected: [
      "0.28571 0.14286 0 0 0.14286 0.14286 0.14286 0.14286 0 0",
      "0 0.14286 0.14286 0.14286 0 0 0.28571 0.14286 0 0.14286",
      "0 0 0.71429 0.28571 0 0 0 0 0 0",
    ],
  },
  {
    weights: "distance",
    metric: "cosine",
    expected: [
      "0.73457 0 0 0 0 0.26543 0 0 0 0",
      "0 0.15032 0.11742 0.15331 0 0 0.45114 0.12781 0 0",
      "0 0 0.67843 0.32157 0 0 0 0 0 0",
    ],
  },
  {
    weights: "distance",
    metric: "euclidean",
    expected: [
      "0.31002 0.13804 0 0 0.13781 0.15138 0.13031 0.13243 0 0",
      "0 0.13167 0.14752 0.14554 0 0 0.27408 0.15604 0 0.14515",
      "0 0 0.6955 0.3045 0 0 0 0 0 0",
    ],
  },
] as const;

for (const { expected, ...options } of cases) {
  Deno.test(`neighbours vote as in scikit-learn: ${options.weights}, ${options.metric}`, async () => {
    const before = tf.memory().numTensors;
    const others = wavyEmbeddings({ ...ten, items: 3, from: 1000 }).embeddings;
    const { data } = await kNearestNeighbours(embeddings, labels, { classNames, k: 7, ...options }).probabilities(
      others,
    );
    assertClose(data, expected.join(" ").split(" ").map(Number), 1e-5);
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("the earlier of equally near neighbours votes, and one at distance 0 votes alone", async () => {
  const near = (k: number, weights: "uniform" | "distance") =>
    kNearestNeighbours(matrix([[1, 0], [3, 0], [2, 2]]), [0, 1, 2], {
      classNames: ["a", "b", "c"],
      k,
      metric: "euclidean",
      weights,
    });
  assert.deepEqual([...(await near(1, "uniform").probabilities(matrix([[2, 0]]))).data], [1, 0, 0]);
  assert.deepEqual([...(await near(3, "distance").probabilities(matrix([[3, 0]]))).data], [0, 1, 0]);
  assertClose((await near(9, "uniform").probabilities(matrix([[3, 0]]))).data, [1 / 3, 1 / 3, 1 / 3]);
});

Deno.test("neighbours are exact where float32 products are not", async () => {
  // Far from 0 the product's rounding is larger than the differences between distances.
  const rows = Array.from({ length: 40 }, (_, item) => [4096 + item / 8, 4096]);
  const near = kNearestNeighbours(matrix(rows), rows.map((_, item) => item % 2), {
    classNames: ["even", "odd"],
    k: 1,
    metric: "euclidean",
  });
  const { data } = await near.probabilities(matrix(rows));
  rows.forEach((_, item) => assert.equal(data[2 * item + item % 2], 1));
});

Deno.test("nearestCentroid() answers as scikit-learn's NearestCentroid, and never a class without items", async () => {
  const before = tf.memory().numTensors;
  const others = wavyEmbeddings({ ...ten, items: 20, from: 1000 }).embeddings;
  const probabilities = await nearestCentroid(embeddings, labels, { classNames: [...classNames, "none"] })
    .probabilities(others);
  const answers = Array.from({ length: 20 }, (_, row) => {
    const shares = rowOf(probabilities, row);
    return shares.indexOf(Math.max(...shares));
  });
  // scikit-learn 1.9.1: NearestCentroid().fit(embeddings, labels).predict(others)
  assert.deepEqual(answers, [0, 6, 2, 3, 1, 5, 4, 7, 8, 9, 0, 6, 7, 3, 4, 4, 6, 7, 8, 9]);
  assert.ok(probabilities.data.every((value, at) => at % 11 < 10 || value === 0));
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("one item a class is enough for centroids", async () => {
  const { probabilities } = nearestCentroid(matrix([[0, 0], [2, 0]]), [1, 0], { classNames: ["right", "left"] });
  assertClose((await probabilities(matrix([[1, 5]]))).data, [0.5, 0.5]);
});

Deno.test("classifiers of embeddings refuse labels, k and widths that do not fit", async () => {
  assert.throws(
    () => nearestCentroid(embeddings, [0], { classNames }),
    /each of 120 labelled rows: current value is 1/,
  );
  assert.throws(
    () => kNearestNeighbours(embeddings, labels.map(() => 10), { classNames }),
    /in 0…9: current value is 10/,
  );
  assert.throws(() => kNearestNeighbours(embeddings, labels, { classNames, k: 0 }), /positive integer.* 0 of 120/);
  const narrow = matrix([[1]]);
  await assert.rejects(nearestCentroid(embeddings, labels, { classNames }).probabilities(narrow), /8 features.* 1$/);
  await assert.rejects(kNearestNeighbours(embeddings, labels, { classNames }).probabilities(narrow), /8 features.* 1$/);
});
