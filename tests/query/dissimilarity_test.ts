import assert from "node:assert/strict";
import fc from "fast-check";
import { matrix } from "curio";
import { jensenShannon } from "../../lib/query/jensen_shannon.ts";
import { symmetricKL } from "../../lib/query/symmetric_kl.ts";
import { cosineDistance } from "../../lib/query/cosine_distance.ts";
import { squaredEuclidean } from "../../lib/query/squared_euclidean.ts";
import { type Dissimilarity, integersBetween, productError } from "../../lib/query/dissimilarity.ts";

const kinds: Record<string, (...rows: number[][]) => Dissimilarity> = {
  jensenShannon: (...rows) => jensenShannon(matrix(rows)),
  symmetricKL: (...rows) => symmetricKL(1e-3, matrix(rows)),
  cosineDistance: (...rows) => cosineDistance(matrix(rows)),
  squaredEuclidean: (...rows) => squaredEuclidean(matrix(rows)),
};
const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
  minLength: 4,
  maxLength: 4,
}).filter((row) => Math.fround(row.reduce((sum, value) => sum + value, 0)) > 1e-3);

for (const [name, make] of Object.entries(kinds)) {
  Deno.test(`${name}() is never below the bound that its inner products give`, async () => {
    await fc.assert(fc.asyncProperty(weights, weights, async (p, q) => {
      const { base, factor, norm, products, terms, value } = make(p, q);
      const both = integersBetween(0, 2);
      const found = await products(both, both);
      for (const i of both) {
        for (const j of both) {
          const bound = base[i] + base[j] - factor * found[2 * i + j];
          assert.ok(bound <= value(i, j) + productError({ terms }) * factor * norm[i] * norm[j] + 1e-12);
          assert.equal(value(i, j), value(j, i));
        }
      }
    }));
  });
}

Deno.test("jensenShannon() is ln 2 between distributions that share no class, and 0 between equals", () => {
  const { value } = jensenShannon(matrix([[1, 0, 0], [0, 0.5, 0.5], [0, 1, 1]]));
  assert.ok(Math.abs(value(0, 1) - Math.LN2) < 1e-12);
  assert.equal(value(1, 2), 0);
});
