import assert from "node:assert/strict";
import fc from "fast-check";
import { classCounts } from "curio";

Deno.test("classCounts() counts every image once, in the order of the class names", () => {
  fc.assert(fc.property(fc.array(fc.nat(3)), (labels) => {
    const counts = classCounts({ labels: Int32Array.from(labels), classNames: ["a", "b", "c", "d"] });
    assert.deepEqual([...counts], [0, 1, 2, 3].map((label) => labels.filter((other) => other === label).length));
  }));
});
