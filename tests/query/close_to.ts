import assert from "node:assert/strict";

/** That all numbers agree to within `tolerance`, absolute. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  for (let place = 0; place < expected.length; place++) {
    const difference = Math.abs(actual[place] - expected[place]);
    assert.ok(difference <= tolerance, `number ${place} is ${actual[place]}, not ${expected[place]}`);
  }
}
