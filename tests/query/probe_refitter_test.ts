import assert from "node:assert/strict";
import { expectedErrorReduction, matrix, poolView, probeRefitter, Random, strategies } from "curio";

const embeddings = matrix([[1, 0], [1, 1]]);
const labelledEmbeddings = matrix([[0, 0], [2, 0], [0, 2], [2.5, 0.5], [0.5, 0.5], [0.3, 2.2]]);
const labels = [0, 1, 2, 1, 0, 2];

Deno.test("a probe finds the weights that scikit-learn's LogisticRegression finds", async () => {
  const { parameters } = await probeRefitter({ embeddings, labelledEmbeddings, labels, classCount: 3 });
  // scikit-learn 1.9.1, LogisticRegression(C=1, tol=1e-12): coef_ and intercept_, class by class. Only differences of
  // intercepts are determined; both begin from 0, which keeps their sum there.
  const expected = [
    -0.55856147,
    -0.58966184,
    1.17444674,
    0.90782407,
    -0.30247096,
    -0.63425711,
    -0.3492626,
    0.89213281,
    -0.54018963,
  ];
  expected.forEach((weight, at) => assert.ok(Math.abs(parameters[at] - weight) < 1e-5, `${at}: ${parameters[at]}`));
});

Deno.test("a refit is a fit from the beginning with one item more", async () => {
  const probe = await probeRefitter({ embeddings, labelledEmbeddings, labels, classCount: 3 });
  const refitted = await probe.refit(1, 2);
  const rows = [[0, 0], [2, 0], [0, 2], [2.5, 0.5], [0.5, 0.5], [0.3, 2.2], [1, 1]];
  const { parameters } = await probeRefitter({
    embeddings,
    labelledEmbeddings: matrix(rows),
    labels: [...labels, 2],
    classCount: 3,
  });
  parameters.forEach((weight, at) => assert.ok(Math.abs(refitted.parameters[at] - weight) < 1e-5));
  const { data } = await refitted.probabilities();
  assert.ok(Math.abs(data.subarray(0, 3).reduce((sum, value) => sum + value, 0) - 1) < 1e-6);
});

Deno.test("with nothing labelled, a probe believes all classes alike", async () => {
  const nothing = { rows: 0, columns: 2, data: new Float32Array(0) };
  const data = { embeddings, labelledEmbeddings: nothing, labels: [], classCount: 2 };
  const { parameters, refit } = await probeRefitter(data);
  assert.ok(parameters.every((weight) => weight === 0));
  const certain = await (await refit(0, 1)).probabilities();
  assert.ok(certain.data[1] > 0.5);
});

Deno.test("a probe refuses labels that do not match its rows", async () => {
  await assert.rejects(
    probeRefitter({ embeddings, labelledEmbeddings, labels: [0], classCount: 3 }),
    /each of 6 labelled rows: current value is 1 labels/,
  );
});

Deno.test("expectedErrorReduction() does not try answers of probability 0, and leaves the item itself out", async () => {
  const tried: number[] = [];
  const errors = await expectedErrorReduction({
    parameters: new Float64Array(0),
    refit: (_row, label) => {
      tried.push(label);
      return Promise.resolve({
        parameters: new Float64Array(0),
        probabilities: () => Promise.resolve(matrix([[0.5, 0.5], [0.75, 0.25]])),
      });
    },
  }, { probabilities: matrix([[1, 0], [0, 1]]) });
  assert.deepEqual(tried, [0, 1]);
  assert.deepEqual([...errors], [0.25, 0.5]);
});

Deno.test("decision-theoretic strategies ask a few candidates first and the others by lot", async () => {
  const random = new Random("pool");
  const rows = (count: number) => matrix(Array.from({ length: count }, () => [random.normal(), random.normal()]));
  const view = poolView({
    classCount: 2,
    embeddings: rows(40),
    labelled: [100, 101, 102],
    labels: [0, 1, 1],
    labelledEmbeddings: rows(3),
    probabilities: matrix(Array.from({ length: 40 }, (_, row) => [row / 40, 1 - row / 40])),
  });
  for (const make of [strategies.expectedErrorReduction, strategies.expectedModelChange]) {
    const { indices, scores } = await make({ questions: 6 }).select(view, 9, new Random(1));
    assert.equal(new Set(indices).size, 9);
    assert.equal(scores.filter((score) => !Number.isNaN(score)).length, 6);
    assert.deepEqual(scores.subarray(0, 6), scores.slice(0, 6).sort().reverse());
  }
});
