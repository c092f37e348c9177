import assert from "node:assert/strict";
import fc from "fast-check";
import { overRows } from "../../lib/query/over_rows.ts";

const numbers = fc.array(fc.float({ noNaN: true, min: 0, max: 1 }), { minLength: 1, maxLength: 400 });
const widths = fc.integer({ min: 1, max: 70 });

function rowsOf(values: readonly number[], columns: number): number[][] {
  const rows = Math.floor(values.length / columns);
  return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
}

function measured(rows: readonly number[][], columns: number, kernel: "largest" | "gap" | "entropy"): Float64Array {
  return overRows({ rows: rows.length, columns, data: Float32Array.from(rows.flat()) }, kernel);
}

Deno.test("the kernels find the largest number and the gap to the second, at every width", () => {
  fc.assert(fc.property(numbers, widths, (values, columns) => {
    const rows = rowsOf(values, columns);
    assert.deepEqual([...measured(rows, columns, "largest")], rows.map((row) => Math.max(...row)));
    if (columns > 1) {
      const gaps = rows.map((row) => row.toSorted((a, b) => b - a)).map(([first, second]) => first - second);
      assert.deepEqual([...measured(rows, columns, "gap")], gaps);
    }
  }));
});

Deno.test("the entropy kernel is low by at most 8e-9 of the row's sum while there are few columns", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 7 }), (values, columns) => {
      const rows = rowsOf(values, columns);
      measured(rows, columns, "entropy").forEach((entropy, row) => {
        const exact = -rows[row].reduce((sum, value) => sum + (value > 0 ? value * Math.log(value) : 0), 0);
        const sum = rows[row].reduce((total, value) => total + value, 0);
        const rounding = 1e-14;
        assert.ok(entropy <= exact + rounding && entropy >= exact - 8e-9 * sum - rounding, `${rows[row]}: ${entropy}`);
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("the entropy kernel is off by at most 1.5e-7 of itself and the row's sum where there are many", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 8, max: 70 }), (values, columns) => {
      const rows = rowsOf(values, columns);
      measured(rows, columns, "entropy").forEach((entropy, row) => {
        const terms = rows[row].map((value) => value > 0 ? -value * Math.log(value) : 0);
        const [exact, sum] = [terms, rows[row]].map((all) => all.reduce((total, value) => total + value, 0));
        assert.ok(Math.abs(entropy - exact) <= 1.5e-7 * (exact + sum), `${rows[row]}: ${entropy} is not ${exact}`);
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("a number that is none spoils its row and no other, wherever it stands", () => {
  for (const columns of [2, 3, 4, 5, 7, 8, 9, 16, 33, 67, 100]) {
    for (let spoilt = 0; spoilt < columns; spoilt++) {
      const rows = [0, 1, 2].map((row) => Array.from({ length: columns }, (_, column) => (column + row) / 100));
      rows[1][spoilt] = NaN;
      for (const kernel of ["largest", "gap", "entropy"] as const) {
        assert.deepEqual([...measured(rows, columns, kernel)].map(Number.isNaN), [false, true, false]);
      }
    }
  }
});

Deno.test("blocks join without a seam, and a row may be longer than a block", () => {
  for (const columns of [7, 1000, 50_000]) {
    const rows = Math.max(3, Math.ceil(40_000 / columns));
    const data = Float32Array.from({ length: rows * columns }, (_, at) => (at * 7919 % 104_729) / 104_729);
    const whole = overRows({ rows, columns, data }, "largest");
    whole.forEach((largest, row) => {
      assert.equal(largest, data.subarray(row * columns, (row + 1) * columns).reduce((a, b) => Math.max(a, b), 0));
    });
  }
});
