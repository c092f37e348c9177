import assert from "node:assert/strict";
import fc from "fast-check";
import { type Distance, greedyMaxMin, type Matrix, matrix, Random, rowOf, tf } from "curio";
import { assertClose } from "./close_to.ts";
import { waveDistributions, waves } from "./waves.ts";

const points = waves(30, 4, 1);
const labelledPoints = waves(5, 4, 100);
const predictions = waveDistributions(30, 3, 2);
const labelledPredictions = waveDistributions(5, 3, 200);

// Furthest-first as in DISTIL, on full float64 matrices: scikit-learn 1.9.1 pairwise_distances and cosine_similarity;
// scipy 1.17.1 entropy both ways with probabilities raised to 0.001, and jensenshannon squared.
const golden: Record<Distance, { rows: number[]; scores: number[] }> = {
  euclidean: {
    rows: [29, 13, 16, 14, 15, 27],
    scores: [2.05220941, 1.8427849, 1.62623519, 1.48815997, 1.34601494, 1.21115467],
  },
  cosine: {
    rows: [29, 16, 13, 14, 28, 26],
    scores: [0.88148673, 0.849727588, 0.666418372, 0.426006462, 0.368306725, 0.318789356],
  },
  symmetricKL: {
    rows: [9, 25, 23, 4, 20, 21],
    scores: [0.705069631, 0.662903617, 0.370849719, 0.288878446, 0.28171353, 0.227433677],
  },
  jensenShannon: {
    rows: [9, 25, 23, 4, 20, 21],
    scores: [0.0815484101, 0.0772218125, 0.0444511249, 0.0355312032, 0.0313435668, 0.0250668528],
  },
};
for (const [distance, expected] of Object.entries(golden) as [Distance, typeof golden[Distance]][]) {
  Deno.test(`greedyMaxMin() by ${distance} picks what furthest-first picks in Python`, async () => {
    const between = distance === "euclidean" || distance === "cosine";
    const picks = await greedyMaxMin(between ? points : predictions, {
      k: 6,
      distance,
      labelled: between ? labelledPoints : labelledPredictions,
    });
    assert.deepEqual(Array.from(picks.rows), expected.rows);
    assertClose(picks.scores, expected.scores);
  });
}

/** The definition: a pass over everything for every pick, in float64. */
function plain(source: Matrix, first: number, k: number): number[] {
  const distance = (a: number, b: number) => {
    const [x, y] = [rowOf(source, a), rowOf(source, b)];
    return x.reduce((sum, value, at) => sum + (value - y[at]) ** 2, 0);
  };
  const picks = [first];
  const nearest = Float64Array.from({ length: source.rows }, (_, row) => distance(row, first));
  nearest[first] = -1;
  while (picks.length < k) {
    const pick = nearest.reduce((best, value, row) => value > nearest[best] ? row : best, 0);
    picks.push(pick);
    nearest.forEach((value, row) => nearest[row] = Math.min(value, distance(row, pick)));
    nearest[pick] = -1;
  }
  return picks;
}

const somePoints = fc.integer({ min: 1, max: 3 }).chain((columns) =>
  fc.array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: columns, maxLength: columns }), {
    minLength: 2,
    maxLength: 40,
  })
).map(matrix);

Deno.test("greedyMaxMin() picks as the plain algorithm does, ties and duplicates included", async () => {
  await fc.assert(fc.asyncProperty(somePoints, async (source) => {
    const { rows } = await greedyMaxMin(source, { k: source.rows });
    assert.deepEqual(Array.from(rows), plain(source, rows[0], source.rows));
  }));
});

Deno.test("greedyMaxMin() picks as the plain algorithm does where bounds go stale by the hundred", async () => {
  const random = new Random(5);
  for (const spread of [0.1, 1, 8]) {
    const source = matrix(Array.from({ length: 3000 }, () => {
      const centre = random.integer(6);
      return Array.from({ length: 8 }, (_, column) => (column === centre ? spread : 0) + random.normal());
    }));
    const { rows } = await greedyMaxMin(source, { k: 300 });
    assert.deepEqual(Array.from(rows), plain(source, rows[0], 300));
  }
});

Deno.test("greedyMaxMin() leaves a radius of at most twice the smallest possible", async () => {
  const few = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 3,
    maxLength: 8,
  });
  await fc.assert(fc.asyncProperty(few, fc.integer({ min: 1, max: 3 }), async (rows, k) => {
    const radius = (centres: readonly number[]) =>
      Math.max(...rows.map(([x, y]) => Math.min(...centres.map((c) => Math.hypot(x - rows[c][0], y - rows[c][1])))));
    const subsets = (from: number, size: number): number[][] =>
      size === 0
        ? [[]]
        : rows.slice(from).flatMap((_, at) => subsets(from + at + 1, size - 1).map((rest) => [from + at, ...rest]));
    const best = Math.min(...subsets(0, k).map(radius));
    const picks = await greedyMaxMin(matrix(rows), { k });
    assert.ok(radius(Array.from(picks.rows)) <= 2 * best + 1e-9);
  }));
});

Deno.test("greedyMaxMin() begins with the row nearest to the mean when nothing is labelled", async () => {
  const { rows, scores } = await greedyMaxMin(matrix([[0], [4], [5], [9]]), { k: 2 });
  assert.deepEqual([Array.from(rows), Array.from(scores)], [[1, 3], [Infinity, 5]]);
});

Deno.test("greedyMaxMin() steps over as many outliers as it is told", async () => {
  const source = matrix([[0], [1], [2], [3], [1000]]);
  const labelled = matrix([[0]]);
  assert.equal((await greedyMaxMin(source, { k: 1, labelled })).rows[0], 4);
  assert.deepEqual(Array.from((await greedyMaxMin(source, { k: 2, labelled, outliers: 1 })).rows), [3, 1]);
  assert.deepEqual(new Set(Array.from((await greedyMaxMin(source, { k: 5, labelled, outliers: 1 })).rows)).size, 5);
});

Deno.test("greedyMaxMin() takes rows that are not finite last, and ignores such labelled rows", async () => {
  const source = matrix([[NaN], [1], [Infinity], [7]]);
  const { rows, scores } = await greedyMaxMin(source, { k: 4, labelled: matrix([[0], [NaN]]) });
  assert.deepEqual([Array.from(rows), Array.from(scores)], [[3, 1, 0, 2], [7, 1, NaN, NaN]]);
});

Deno.test("greedyMaxMin() finds zero vectors unlike everything by cosine", async () => {
  const { rows, scores } = await greedyMaxMin(matrix([[1, 1], [0, 0], [-1, 0]]), {
    k: 2,
    labelled: matrix([[1, 0]]),
    distance: "cosine",
  });
  assert.deepEqual([Array.from(rows), Array.from(scores)], [[2, 1], [2, 1]]);
});

Deno.test("greedyMaxMin() multiplies distances by weights", async () => {
  const { rows, scores } = await greedyMaxMin(matrix([[1], [2], [3]]), {
    k: 2,
    labelled: matrix([[0]]),
    weights: [10, 1, 2],
  });
  assert.deepEqual([Array.from(rows), Array.from(scores)], [[0, 2], [10, 4]]);
});

Deno.test("greedyMaxMin() draws lots by id between equals", async () => {
  const source = matrix(Array.from({ length: 40 }, () => [3, 4]));
  const ids = Array.from({ length: 40 }, (_, row) => 1000 - row);
  const idsOf = async (order: number[]) => {
    const random = new Random(2);
    const { rows } = await greedyMaxMin(source, { k: 5, random, ids: order, labelled: matrix([[0, 0]]) });
    return Array.from(rows, (row) => order[row]);
  };
  assert.deepEqual(await idsOf(ids), await idsOf(ids.toReversed()));
});

Deno.test("greedyMaxMin() says what is wrong with its options", async () => {
  await assert.rejects(greedyMaxMin(points, { k: 31 }), /k must be an integer in 0…30: current value is 31/);
  await assert.rejects(greedyMaxMin(points, { k: 1, labelled: matrix([[1]]) }), /same number of features, 4/);
  await assert.rejects(greedyMaxMin(predictions, { k: 1, distance: "symmetricKL", floor: 0 }), /floor must be in/);
});

Deno.test("greedyMaxMin() leaves no tensors behind", async () => {
  const before = tf.memory().numTensors;
  await greedyMaxMin(points, { k: 20, labelled: labelledPoints });
  assert.equal(tf.memory().numTensors, before);
});
