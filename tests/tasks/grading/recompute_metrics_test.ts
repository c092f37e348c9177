import assert from "node:assert/strict";
import fc from "fast-check";
import { packHashes } from "../../../lib/runtime/hash64.ts";
import { predictionDigest, recomputeMetrics } from "../../../lib/tasks/grading/recompute_metrics.ts";
import { images, madeAt, names, predictions, testImages } from "./sample_record.ts";

const [{ evidence: first }, , { evidence: third, metrics }] = madeAt(1);

Deno.test("recomputeMetrics() gives accuracy and macro F1 by the grader's labels, the mean over models", () => {
  const found = recomputeMetrics({
    ...first,
    metrics: {
      accuracy: { statistic: "accuracy", predictions: [predictions(80), predictions(60)] },
      F1: { statistic: "macroF1", predictions: [predictions(100), Array(100).fill(0)] },
    },
  }, testImages);
  // All taken for class 0, of which there are 10: precision 0.1, recall 1, F1 = 2/11; the nine others have 0.
  assert.deepEqual(found.get("accuracy"), { value: 0.7 });
  const { value } = found.get("F1") as { value: number };
  assert.ok(Math.abs(value - (1 + 2 / 11 / 10) / 2) < 1e-9);
});

Deno.test("recomputeMetrics() gives the areas that the notebook's own statistics give", () => {
  const found = recomputeMetrics(third, testImages);
  for (const [name, { value }] of Object.entries(metrics.metrics)) {
    const { value: again } = found.get(name) as { value: number };
    assert.ok(Math.abs(again - value) < 1e-12, name);
  }
});

Deno.test("recomputeMetrics() gives the mean accuracy of a strategy's last models", () => {
  const last = (strategy: string) => ({ it: { statistic: "lastAccuracy" as const, study: "CNN, AULC", strategy } });
  const of = (strategy: string) => recomputeMetrics({ ...third, metrics: last(strategy) }, testImages).get("it");
  // (40 + 10·2 + rank + place + shift) / 100 at the places 1 and 2, with the shift 1 and entropy's rank 2.
  assert.deepEqual(of("entropy"), { value: 0.645 });
  assert.deepEqual(of("nobody's"), { fault: "no run of nobody's stands behind it" });
});

Deno.test("recomputeMetrics() says why evidence is of no use", () => {
  const fault = (change: Partial<typeof first>) => {
    const found = recomputeMetrics({ ...first, ...change }, testImages).values().next().value!;
    return "fault" in found ? found.fault : "none";
  };
  const metric = (classes: number[]) => ({ it: { statistic: "accuracy" as const, predictions: [classes] } });
  assert.match(fault({ metrics: metric([1, 2]) }), /2 predictions for 100 test images/);
  assert.match(fault({ metrics: metric(Array(100).fill(10)) }), /a class beyond the 10/);
  assert.match(fault({ test: { ...first.test, images: "" } }), /no test images/);
  const twice = packHashes(BigUint64Array.from(images, (hash) => hash % 2n + 1n));
  assert.match(fault({ test: { ...first.test, images: twice } }), /2 of its test images are counted more than once/);
  assert.match(
    fault({ metrics: { it: { statistic: "aulc", study: "nowhere", strategy: "margin" } } }),
    /no run of margin stands behind it/,
  );
  assert.equal(names.length, 3);
});

Deno.test("predictionDigest() depends on what was said of each image, and not on the order of the images", () => {
  const order = fc.shuffledSubarray([...images.keys()], { minLength: 100 });
  fc.assert(
    fc.property(order, fc.nat(99), fc.nat(100), (places, changed, right) => {
      const classes = predictions(right);
      const digest = predictionDigest(images, classes);
      const shuffled = BigUint64Array.from(places, (place) => images[place]);
      assert.equal(predictionDigest(shuffled, places.map((place) => classes[place])), digest);
      classes[changed] = (classes[changed] + 1) % 10;
      assert.notEqual(predictionDigest(images, classes), digest);
    }),
    { numRuns: 30 },
  );
});
