import assert from "node:assert/strict";
import { holm, pairedDifference, Random, signFlipTest } from "curio";
import fc from "fast-check";
import { pairsNeeded } from "../../../lib/report/statistics/paired_difference.ts";

const close = (value: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

const eight = [0.012, 0.005, -0.003, 0.02, 0.011, 0.007, 0.004, 0.015];
const twenty = [
  ...[0.0139, 0.0014, -0.0053, 0.0089, 0.012, -0.003, -0.0022, 0.0126, 0.008, -0.0056],
  ...[0.0025, 0.014, 0.0029, -0.0057, 0.0076, 0.0128, -0.0019, -0.0033, 0.0117, 0.0093],
];

Deno.test("pairedDifference() gives scipy's t interval", () => {
  // scipy.stats.ttest_1samp(d, 0).confidence_interval(0.95)
  const { mean, low, high, pairs } = pairedDifference(eight);
  assert.equal(pairs, 8);
  [mean, low, high].forEach((value, place) => close(value, [0.008875, 0.002888958427536, 0.014861041572464][place]));
  const other = pairedDifference(twenty);
  close(other.low, 0.0011234093939339);
  close(other.high, 0.0079365906060661);
});

Deno.test("pairedDifference() says the smallest difference that 80 % of experiments would find", () => {
  // (t.ppf(1 - .025 / m, 7) + t.ppf(.8, 7)) * sd / sqrt(8), m = 1; at m = 3 eight pairs are just enough
  close(pairedDifference(eight).detectable, 0.008254338828321);
  close(pairedDifference(eight, { comparisons: 3 }).detectable, 0.010185689594654);
  assert.equal(pairedDifference(eight, { comparisons: 8 }).detectable, Infinity);
  assert.equal(pairedDifference([0.1, 0.2]).detectable, Infinity);
});

Deno.test("pairedDifference() of one pair has no interval", () => {
  const { mean, low, high } = pairedDifference([0.5]);
  assert.equal(mean, 0.5);
  assert.ok(Number.isNaN(low) && Number.isNaN(high));
  assert.throws(() => pairedDifference([]), RangeError);
});

Deno.test("pairsNeeded() is where m · 2^(1 − n) comes down to α", () => {
  assert.deepEqual([1, 2, 8, 9].map((comparisons) => pairsNeeded(comparisons)), [6, 7, 9, 9]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), (comparisons) => {
    const pairs = pairsNeeded(comparisons);
    assert.ok(comparisons * 2 ** (1 - pairs) <= 0.05 && comparisons * 2 ** (2 - pairs) > 0.05);
  }));
});

Deno.test("signFlipTest() gives the exact p of scipy", () => {
  // scipy.stats.permutation_test((d, 0 * d), mean difference, permutation_type="samples", n_resamples=inf)
  close(signFlipTest(eight), 0.015625);
  // The share of all 2^20 sign patterns, by numpy.
  close(signFlipTest(twenty), 0.013555526733398438);
});

Deno.test("signFlipTest() counts sums that are equal on paper as equal", () => {
  assert.equal(signFlipTest([0.1, 0.2, 0.3, -0.1, -0.2, -0.3]), 1);
  assert.equal(signFlipTest([0, 0, 0]), 1);
  assert.equal(signFlipTest([0.1, 0.1, 0.1, 0.1]), 2 / 16);
});

Deno.test("signFlipTest() samples beyond 20 pairs, close to the exact p and the same each time", () => {
  const many = [
    ...[0.013, -0.0037, 0.0019, 0.0112, -0.0067, 0.0078, 0.0063, -0.0062, 0.012, 0.0002, -0.0023, 0.0129],
    ...[-0.0048, 0.0035, 0.0101, -0.007, 0.0092, 0.0047, -0.0055, 0.0126, -0.0013, -0.0008, 0.0124, -0.0057],
  ];
  const random = () => ({ random: new Random(1), samples: 20_000 });
  const p = signFlipTest(many, random());
  close(p, 0.05441081523895264, 0.007); // exact over 2^24 patterns, by numpy; four standard errors
  assert.equal(signFlipTest(many, random()), p);
});

Deno.test("signFlipTest() does not care for order, signs of all, or unit", () => {
  const lists = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 10 });
  fc.assert(fc.property(lists, (values) => {
    const p = signFlipTest(values);
    assert.equal(signFlipTest([...values].reverse()), p);
    assert.equal(signFlipTest(values.map((value) => -value / 1000)), p);
    assert.ok(p >= 2 ** (1 - values.length) && p <= 1);
  }));
});

Deno.test("signFlipTest() refuses nothing and what is no number", () => {
  assert.throws(() => signFlipTest([]), RangeError);
  assert.throws(() => signFlipTest([1, NaN]), /all finite: current value is \[1, NaN\]/);
});

Deno.test("holm() multiplies the k-th smallest by m − k + 1, keeping the order", () => {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") = 0.03 0.06 0.06 0.02
  holm([0.01, 0.04, 0.03, 0.005]).forEach((value, place) => close(value, [0.03, 0.06, 0.06, 0.02][place], 1e-12));
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holm([]), []);
});

Deno.test("holm() never lowers a p, and keeps their order", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (values) => {
    const adjusted = holm(values);
    values.forEach((one, place) => {
      assert.ok(adjusted[place] >= one && adjusted[place] <= 1);
      values.forEach((other, beside) => assert.ok(one > other || adjusted[place] <= adjusted[beside]));
    });
  }));
});
