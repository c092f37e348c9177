import assert from "node:assert/strict";
import { classBalancedSampling, kMeansStratifiedSampling, matrix, poolView, Random, stratified } from "curio";
import fc from "fast-check";

Deno.test("stratified() gives each stratum its share, rounded up or down", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1 }), fc.nat(120), (strata, k) => {
    const places = stratified(strata, k, { random: new Random(1) });
    const wanted = Math.min(k, strata.length);
    assert.equal(places.length, wanted);
    assert.equal(new Set(places).size, wanted);
    for (const stratum of new Set(strata)) {
      const share = wanted * strata.filter((other) => other === stratum).length / strata.length;
      const got = places.filter((place) => strata[place] === stratum).length;
      assert.ok(got >= Math.floor(share) && got <= Math.ceil(share), `${got} of ${share}`);
    }
  }));
});

Deno.test("stratified() draws by id and seed", () => {
  const strata = [0, 0, 0, 0, 1, 1, 1, 1];
  const ids = [1, 2, 3, 4, 5, 6, 7, 8];
  const forward = stratified(strata, 4, { random: new Random(3), ids });
  const backward = stratified(strata.toReversed(), 4, { random: new Random(3), ids: ids.toReversed() });
  assert.deepEqual(
    Array.from(backward, (place) => ids.toReversed()[place]),
    Array.from(forward, (place) => ids[place]),
  );
});

Deno.test("class-balanced sampling evens out what is labelled and picked together", async () => {
  const rows = Array.from(
    { length: 30 },
    (_, row) => row < 20 ? [0.8, 0.1, 0.1] : row < 27 ? [0.1, 0.8, 0.1] : [0, 0, 1],
  );
  const view = poolView({
    classCount: 3,
    candidates: rows.map((_, row) => row),
    probabilities: matrix(rows),
    labelled: [50, 51, 52],
    labels: [0, 0, 2],
  });
  const { indices } = await classBalancedSampling().select(view, 9, new Random(1));
  const picked = (from: number, to: number) => indices.filter((id) => id >= from && id < to).length;
  // 12 in all, so 4 of each class: 2 of class 0 are held, none of class 1 and 1 of class 2.
  assert.deepEqual([picked(0, 20), picked(20, 27), picked(27, 30)], [2, 4, 3]);
});

Deno.test("k-means-stratified sampling takes from each cluster in proportion, and NaN apart", async () => {
  const rows = Array.from({ length: 24 }, (_, row) => row < 16 ? [row / 100, 0] : row < 20 ? [9, row / 100] : [NaN, 1]);
  const view = poolView({ classCount: 2, embeddings: matrix(rows) });
  const { indices } = await kMeansStratifiedSampling({ clusters: 2 }).select(view, 6, new Random(2));
  const picked = (from: number, to: number) => indices.filter((id) => id >= from && id < to).length;
  assert.deepEqual([picked(0, 16), picked(16, 20), picked(20, 24)], [4, 1, 1]);
});
