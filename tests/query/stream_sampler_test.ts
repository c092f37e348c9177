import assert from "node:assert/strict";
import { fixedThreshold, quantileThreshold, Random, type StreamSampler, variableUncertainty } from "curio";

// NumPy 2.4: default_rng(3).random(30), rounded to three places.
const utilities = [
  0.086,
  0.237,
  0.801,
  0.582,
  0.094,
  0.433,
  0.479,
  0.16,
  0.735,
  0.114,
  0.391,
  0.517,
  0.431,
  0.587,
  0.738,
  0.956,
  0.284,
  0.649,
  0.696,
  0.293,
  0.001,
  0.973,
  0.298,
  0.314,
  0.892,
  0.585,
  0.471,
  0.773,
  0.03,
  0.707,
];

function askedOf(sampler: StreamSampler): number[] {
  return utilities.flatMap((utility, place) => sampler.ask(utility) ? [place] : []);
}

Deno.test("quantileThreshold() asks what scikit-activeml's BalancedIncrementalQuantileFilter asks", () => {
  // scikit-activeml 1.0.1, w=10, w_tol=5, budget=0.2 and w=12, w_tol=50, budget=0.3.
  assert.deepEqual(askedOf(quantileThreshold({ share: 0.2, window: 10, tolerance: 5 })), [0, 1, 2, 13, 15, 21]);
  assert.deepEqual(
    askedOf(quantileThreshold({ share: 0.3, window: 12 })),
    [0, 1, 2, 8, 11, 13, 14, 15, 21, 24, 27],
  );
});

Deno.test("variableUncertainty() asks what scikit-activeml's VariableUncertaintyBudgetManager asks", () => {
  // scikit-activeml 1.0.1, theta=1, s=0.1, w=10, budget=0.3 and theta=0.5, s=0.05, w=20, budget=0.4.
  assert.deepEqual(
    askedOf(variableUncertainty({ budget: 0.3, step: 0.1, window: 10 })),
    [0, 1, 2, 3, 6, 10, 12, 15, 18, 21, 24, 27],
  );
  assert.deepEqual(
    askedOf(variableUncertainty({ budget: 0.4, step: 0.05, window: 20, start: 0.5 })),
    [2, 3, 6, 8, 11, 13, 14, 15, 17, 18, 21, 24, 25, 27, 29],
  );
});

Deno.test("fixedThreshold() asks about what reaches the threshold", () => {
  const sampler = fixedThreshold({ threshold: 0.735 });
  assert.deepEqual(askedOf(sampler), [2, 8, 14, 15, 21, 24, 27]);
  assert.deepEqual([sampler.seen, sampler.asked, sampler.threshold], [30, 7, 0.735]);
});

Deno.test("quantileThreshold() keeps to its share of a long stream, drifting or not", () => {
  const random = new Random("stream");
  for (const drift of [0, 1e-3]) {
    const sampler = quantileThreshold({ share: 0.1 });
    for (let item = 0; item < 5000; item++) sampler.ask(random.next() + drift * item);
    assert.ok(Math.abs(sampler.asked / 5000 - 0.1) < 0.01, `${sampler.asked}`);
  }
});

Deno.test("variableUncertainty() spends its budget and no more", () => {
  const random = new Random("budget");
  const sampler = variableUncertainty({ budget: 0.2, random: new Random("noise") });
  for (let item = 0; item < 5000; item++) sampler.ask(random.next());
  const share = sampler.asked / 5000;
  assert.ok(share > 0.15 && share < 0.22, `${share}`);
});

Deno.test("a stream sampler asks the same of the same stream, and never about NaN", () => {
  for (
    const make of [
      () => fixedThreshold({ threshold: -1 }),
      () => quantileThreshold({ share: 1 }),
      () => variableUncertainty({ budget: 1, random: new Random(4) }),
    ]
  ) {
    assert.deepEqual(askedOf(make()), askedOf(make()));
    const sampler = make();
    assert.equal(sampler.ask(NaN), false);
    assert.deepEqual([sampler.seen, sampler.asked], [1, 0]);
  }
});

Deno.test("stream samplers refuse options that mean nothing", () => {
  assert.throws(() => quantileThreshold({ share: 1.5 }), /in 0…1: current value is 1.5/);
  assert.throws(() => quantileThreshold({ share: 0.1, window: 0 }), /integer ≥ 1: current value is 0/);
  assert.throws(() => quantileThreshold({ share: 0.1, tolerance: 0 }), /positive: current value is 0/);
  assert.throws(() => variableUncertainty({ budget: 0.1, step: 1 }), /between 0 and 1: current value is 1/);
  assert.throws(() => variableUncertainty({ budget: -1 }), RangeError);
  assert.throws(() => fixedThreshold({ threshold: NaN }), RangeError);
});
