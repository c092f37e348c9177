import assert from "node:assert/strict";
import { wilsonInterval } from "curio";

Deno.test("wilsonInterval() agrees with SciPy", () => {
  // scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
  for (
    const [right, count, low, high] of [
      [9, 10, 0.5958499732047615, 0.9821237869049271],
      [0, 10, 0, 0.27753279986288926],
      [915, 1000, 0.8960871089966437, 0.9307366814603454],
    ]
  ) {
    const interval = wilsonInterval(right, count);
    assert.ok(Math.abs(interval[0] - low) < 1e-12 && Math.abs(interval[1] - high) < 1e-12, `${interval}`);
  }
});
