import assert from "node:assert/strict";
import fc from "fast-check";
import { confusionMatrix, confusionTable, evaluationOf, matrix, topConfusions } from "curio";
import { confusionOrder } from "../../lib/report/confusion_order.ts";
import { classNames, sampleEvaluation } from "./samples.ts";

/** Three cats (one taken for a dog), two dogs (both right). */
const pets = evaluationOf({
  labels: Int32Array.of(0, 0, 0, 1, 1),
  probabilities: matrix([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.2, 0.8], [0.1, 0.9]]),
  classNames: ["cat", "dog"],
});

Deno.test("confusionMatrix() shows every count that is not zero", () => {
  const { svg, summary } = confusionMatrix(pets);
  assert.deepEqual([...svg.matchAll(/>(\d+)<\/text>/g)].map(([, count]) => Number(count)), [2, 1, 2]);
  assert.match(summary, /5 images in 2 classes, 80\.0 % right .*cat for dog 1 times \(33\.3 % of cat\)/);
});

Deno.test("confusionMatrix() has counts up to 20 classes, names up to 56, a list of mistakes from 21", () => {
  const has = (count: number, what: RegExp) => what.test(confusionMatrix(sampleEvaluation(classNames(count))).svg);
  const [cellCount, label, list] = [
    /font-size="1[0-2]" text-anchor="middle" fill="#ffffff">\d+</,
    /class 0<\/text>/,
    /Most frequent mistakes/,
  ];
  assert.deepEqual([1, 20, 21, 56, 57, 257].map((count) => has(count, label)), [true, true, true, true, false, false]);
  assert.deepEqual([2, 20, 21].map((count) => has(count, cellCount)), [true, true, false]);
  assert.deepEqual([20, 21, 257].map((count) => has(count, list)), [false, true, true]);
});

Deno.test("confusionMatrix() refuses no classes", () => {
  assert.throws(() => confusionMatrix({ ...pets, classNames: [] }), /at least one class: current value is 0/);
});

Deno.test("topConfusions() lists mistakes only, most frequent first", () => {
  const confusion = [[5, 2, 0], [3, 9, 0], [2, 0, 2]];
  assert.deepEqual(topConfusions({ confusion, classNames: ["a", "b", "c"] }, { count: 2 }), [
    { trueClass: "b", predictedClass: "a", count: 3, share: 0.25 },
    { trueClass: "c", predictedClass: "a", count: 2, share: 0.5 },
  ]);
});

Deno.test("confusionTable() holds every pair that occurred, and together all images", () => {
  const frame = confusionTable(pets);
  assert.deepEqual(frame.toRecords(), [
    { trueClass: "cat", predictedClass: "cat", count: 2 },
    { trueClass: "cat", predictedClass: "dog", count: 1 },
    { trueClass: "dog", predictedClass: "dog", count: 2 },
  ]);
});

Deno.test("confusionOrder() is an order of all classes", () => {
  const square = fc.integer({ min: 0, max: 12 }).chain((size) =>
    fc.array(fc.array(fc.nat(9), { minLength: size, maxLength: size }), { minLength: size, maxLength: size })
  );
  fc.assert(fc.property(square, (confusion) => {
    const order = confusionOrder(confusion);
    assert.deepEqual(order.toSorted((a, b) => a - b), confusion.map((_, index) => index));
  }));
});

Deno.test("confusionOrder() puts classes that are taken for each other side by side", () => {
  // 0 and 3 are confused often, 1 and 4 too; 2 stands alone.
  const confusion = [[8, 0, 0, 4, 0], [0, 8, 0, 0, 4], [0, 0, 9, 0, 0], [4, 0, 0, 8, 0], [0, 4, 0, 0, 8]];
  const order = confusionOrder(confusion);
  for (const [one, other] of [[0, 3], [1, 4]]) assert.equal(Math.abs(order.indexOf(one) - order.indexOf(other)), 1);
});
