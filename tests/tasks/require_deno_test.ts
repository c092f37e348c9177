import assert from "node:assert/strict";
import { isTooOld, requireDeno, testedDeno } from "../../lib/tasks/require_deno.ts";

Deno.test("requireDeno() refuses a Deno before 2.9 and says how to run the tested one", () => {
  assert.throws(
    () => requireDeno("2.8.4"),
    /2\.9 or newer is needed: current value is 2\.8\.4\. `npx -y deno@2\.9\.6 task/,
  );
  requireDeno(testedDeno);
});

Deno.test("isTooOld() compares numbers, not letters", () => {
  assert.deepEqual(["1.46.3", "2.8.9", "2.9.0", "2.10.1", "3.0.0"].map(isTooOld), [true, true, false, false, false]);
});
