import assert from "node:assert/strict";
import fc from "fast-check";
import { constantRate, cosineDecay, exponentialDecay, oneCycle, type Schedule, stepDecay, warmUp } from "curio";

function rates(schedule: Schedule, totalSteps: number): number[] {
  return Array.from({ length: totalSteps }, (_, step) => schedule(step, totalSteps));
}

function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, place) =>
    assert.ok(Math.abs(value - expected[place]) <= tolerance, `${value} ≠ ${expected[place]} at ${place}`)
  );
}

Deno.test("constantRate() never changes", () => {
  assert.deepEqual(rates(constantRate(0.1), 3), [0.1, 0.1, 0.1]);
});

Deno.test("stepDecay() falls after each part of the run", () => {
  assertClose(rates(stepDecay(1, { factor: 0.5, every: 1 / 3 }), 9), [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
});

Deno.test("exponentialDecay() goes from the rate to its factor by equal ratios", () => {
  assertClose(rates(exponentialDecay(1, { factor: 0.0001 }), 5), [1, 0.1, 0.01, 0.001, 0.0001]);
});

Deno.test("cosineDecay() passes the middle at half, and ends at its final rate", () => {
  const schedule = cosineDecay(1, { final: 0.2 });
  assertClose([schedule(0, 100), schedule(50, 100), schedule(100, 100)], [1, 0.6, 0.2]);
});

Deno.test("warmUp() climbs in a line to the schedule, which then runs over the rest", () => {
  const schedule = warmUp(cosineDecay(1), { share: 0.4 });
  assertClose(rates(schedule, 10).slice(0, 5), [0.2, 0.4, 0.6, 0.8, 1]);
  assertClose([schedule(7, 10)], [0.5]);
});

Deno.test("oneCycle() is PyTorch's OneCycleLR", () => {
  // torch.optim.lr_scheduler.OneCycleLR(max_lr=0.1, total_steps=10), by its documented formula.
  assertClose(rates(oneCycle(0.1), 10), [
    0.004,
    0.052,
    0.1,
    0.09504846320134738,
    0.0811745653949763,
    0.06112620219362893,
    0.03887419780637107,
    0.0188258346050237,
    0.004951936798652629,
    4e-7,
  ]);
});

Deno.test("every schedule stays above zero and at most at its rate, for runs of any length", () => {
  const schedules = [
    constantRate(1),
    stepDecay(1),
    exponentialDecay(1),
    cosineDecay(1, { final: 1e-3 }),
    warmUp(cosineDecay(1)),
    oneCycle(1),
  ];
  fc.assert(fc.property(fc.constantFrom(...schedules), fc.integer({ min: 1, max: 400 }), (schedule, totalSteps) => {
    assert.ok(rates(schedule, totalSteps).every((rate) => rate > 0 && rate <= 1 + 1e-12));
  }));
});

Deno.test("schedules refuse rates and shares that make no sense", () => {
  assert.throws(() => cosineDecay(0), /above 0: current value is 0/);
  assert.throws(() => oneCycle(NaN), RangeError);
  assert.throws(() => warmUp(constantRate(1), { share: 2 }), /share must be in \(0, 1\]: current value is 2/);
});
