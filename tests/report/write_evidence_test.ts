import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { contentHashes, memoryImages, readEvidence, writeEvidence, writeMetrics } from "curio";
import { packHashes } from "../../lib/runtime/hash64.ts";
import { withFolder } from "../data/small_datasets.ts";

const test = {
  name: "four",
  checksum: "ab12",
  classNames: ["cat", "dog"],
  images: memoryImages(Uint8Array.of(1, 2, 3, 4), { height: 1, width: 1, channels: 1 }),
};

const question = (index: number) => ({ index, score: null, prediction: null, confidence: null, label: 0 });
const scores = { count: 4, loss: 0, brier: 0, calibrationError: 0, adaptiveCalibrationError: 0, confusion: [] };
const rounds = [
  {
    ...{ labels: 2, budget: 3, initial: [question(4), question(9)], asked: [question(7)] },
    test: { ...scores, accuracy: 0.5 },
  },
  { labels: 3, budget: 4, asked: [], test: { ...scores, accuracy: 0.75 } },
];

Deno.test("writeEvidence() writes what readEvidence() reads back: predictions by image, labels bought by item", () =>
  withFolder(async (folder) => {
    const written = await writeEvidence("03_test", {
      ...{ folder, test },
      accuracy: { "all labels": [{ predictions: Int32Array.of(0, 1, 1, 0) }], "not there": undefined },
      macroF1: { F1: [{ predictions: Int32Array.of(0, 0, 1, 0) }, { predictions: Int32Array.of(1, 0, 1, 0) }] },
      aulc: {
        "CNN, AULC": [
          { strategy: "margin", seed: 7, rounds },
          { strategy: "badge", seed: 7, rounds: [] }, // failed
        ],
        "probe, AULC": undefined,
      },
      lastAccuracy: { "CNN, last round": [{ strategy: "margin", seed: 8, rounds: rounds.slice(0, 1) }] },
    });
    const read = await readEvidence(join(folder, "03_test.evidence.json.gz"));
    assert.deepEqual(read, written);
    assert.equal(read.test.images, packHashes(await contentHashes(test.images)));
    assert.deepEqual(read.metrics, {
      "all labels": { statistic: "accuracy", predictions: [[0, 1, 1, 0]] },
      "F1": { statistic: "macroF1", predictions: [[0, 0, 1, 0], [1, 0, 1, 0]] },
      "CNN, AULC, margin": { statistic: "aulc", study: "CNN, AULC", strategy: "margin" },
      "CNN, last round, margin": { statistic: "lastAccuracy", study: "CNN, last round", strategy: "margin" },
    });
    assert.deepEqual(read.runs.slice(0, 1), [{
      ...{ study: "CNN, AULC", strategy: "margin", seed: 7, initial: [4, 9] },
      rounds: [
        { labels: 2, budget: 3, testAccuracy: 0.5, asked: [7] },
        { labels: 3, budget: 4, testAccuracy: 0.75, asked: [] },
      ],
    }]);
    const [, { study, seed, rounds: [only] }] = read.runs;
    assert.deepEqual([study, seed, only.testAccuracy], ["CNN, last round", 8, 0.5]);
  }));

Deno.test("writeEvidence() refuses predictions for another number of images", async () => {
  await assert.rejects(
    writeEvidence("01", { folder: ".", test, accuracy: { it: [{ predictions: Int32Array.of(0) }] } }),
    { name: "RangeError", message: /one prediction for each of 4 test images: current value for it is 1/ },
  );
});

Deno.test("writeMetrics() never leaves the evidence of an earlier run beside its metrics", () =>
  withFolder(async (folder) => {
    const told = { folder, metrics: {}, configuration: {}, seed: 1, datasets: [], profile: "smoke" } as const;
    const path = join(folder, "01.evidence.json.gz");
    await writeMetrics("01", { ...told, evidence: { test } });
    assert.equal((await readEvidence(path)).notebook, "01");
    await writeMetrics("01", told);
    await assert.rejects(readEvidence(path), Deno.errors.NotFound);
  }));

Deno.test("readEvidence() names a file that holds none, and the place", () =>
  withFolder(async (folder) => {
    const path = join(folder, "01.evidence.json.gz");
    for (const [bytes, message] of [["not gzip", /not gzipped JSON/], [gzipSync('{"runs":[]}'), /notebook/]] as const) {
      await Deno.writeFile(path, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
      await assert.rejects(readEvidence(path), (error: Error) =>
        error instanceof SyntaxError && error.message.includes(path) && message.test(error.message));
    }
  }));
