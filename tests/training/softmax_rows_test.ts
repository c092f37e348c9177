import assert from "node:assert/strict";
import fc from "fast-check";
import { matrix, rowOf, softmaxRows } from "curio";

Deno.test("softmaxRows() gives exp(z) over its sum, for logits of any size", () => {
  const { data } = softmaxRows(matrix([[0, Math.log(3)], [1e4, -1e4], [-1e4, -1e4]]));
  [0.25, 0.75, 1, 0, 0.5, 0.5].forEach((value, place) => assert.ok(Math.abs(data[place] - value) < 1e-6, `${data}`));
});

Deno.test("softmaxRows() makes distributions that keep the order of the logits", () => {
  const logits = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(logits, (row) => {
    const scores = matrix([row]);
    const probabilities = rowOf(softmaxRows(scores), 0);
    assert.ok(Math.abs(probabilities.reduce((a, b) => a + b, 0) - 1) < 1e-5);
    scores.data.forEach((a, i) =>
      scores.data.forEach((b, j) => assert.ok(a > b ? probabilities[i] >= probabilities[j] : true))
    );
  }));
});
