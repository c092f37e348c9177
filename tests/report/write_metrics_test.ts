import assert from "node:assert/strict";
import { join } from "node:path";
import { backend, MetricsFile, writeMetrics } from "curio";

const told = {
  configuration: { filters: [32, 64], learningRate: 0.001 },
  seed: 7,
  datasets: [{ name: "fashion-mnist", checksum: "ab12" }, { name: "fashion-mnist", checksum: "cd34" }],
  profile: "smoke",
} as const;

Deno.test("writeMetrics() writes a file that its schema reads back", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const written = await writeMetrics("01_test", {
      ...told,
      folder,
      metrics: { accuracy: { value: 0.915, tolerance: 0.005 } },
    });
    const read = MetricsFile.parse(JSON.parse(await Deno.readTextFile(join(folder, "01_test.metrics.json"))));
    assert.deepEqual(read, written);
    assert.deepEqual(read.metrics, { accuracy: { value: 0.915, tolerance: 0.005 } });
    assert.deepEqual(read.data, told.datasets);
    assert.equal(read.versions.deno, Deno.version.deno);
    assert.equal(read.versions.library, backend.library);
    assert.equal(read.threads, backend.threads);
    assert.match(read.commit ?? "0000000", /^[0-9a-f]{7,64}$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeMetrics() refuses metrics that are no numbers", async () => {
  for (const [value, tolerance] of [[NaN, 0], [0.9, -1], [0.9, Infinity]]) {
    await assert.rejects(
      writeMetrics("01_test", { ...told, metrics: { accuracy: { value, tolerance } } }),
      /finite number .* current value of accuracy is/,
    );
  }
});

Deno.test("writeMetrics() refuses a name that leaves the folder", async () => {
  await assert.rejects(writeMetrics("../01", { ...told, metrics: {} }), /Cannot name a file/);
});
