import assert from "node:assert/strict";
import { matrix } from "curio";
import { likenessPlaces } from "../../lib/labeling/likeness_places.ts";

Deno.test("likenessPlaces() puts next to each other what looks alike, by direction and not by length", () => {
  // angles of 0°, 80°, 5° and 90°
  const angles = [0, 80, 5, 90].map((degrees) => degrees * Math.PI / 180);
  const features = matrix(angles.map((angle, row) => [(row + 1) * Math.cos(angle), (row + 1) * Math.sin(angle)]));
  assert.deepEqual([...likenessPlaces(features)], [0, 2, 1, 3]);
  assert.deepEqual([...likenessPlaces(matrix([[0, 0], [0, 0]]))], [0, 1], "where there is nothing to see");
  assert.deepEqual([...likenessPlaces(matrix([]))], []);
});
