import assert from "node:assert/strict";
import { Random, toyPlane } from "curio";

const plane = toyPlane(new Random("plane"));

Deno.test("toyPlane() holds 200 points: overlapping clouds, a dense cluster and six outliers", () => {
  const count = (region: string) => plane.regions.filter((each) => each === region).length;
  assert.equal(plane.points.rows, 200);
  assert.deepEqual([count("cloud"), count("cluster"), count("outlier")], [149, 45, 6]);
  assert.deepEqual(toyPlane(new Random("plane")), plane); // the same seed, the same plane
});
