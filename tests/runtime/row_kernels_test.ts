import assert from "node:assert/strict";
import fc from "fast-check";
import { nativeKernels, portableKernels, type RowKernels } from "../../lib/runtime/kernels/row_kernels.ts";
import { overRows } from "../../lib/query/over_rows.ts";
import { compiledKernels, sourceFingerprint } from "./compile_row_kernels.ts";

const native = nativeKernels();
const portable = portableKernels();
const ifNative = (name: string) => native ? name : `${name} (skipped: set-up has not compiled them)`;

Deno.test("row_kernels.wasm was compiled from row_kernels.cc as it is", async () => {
  const module = await WebAssembly.compile(await Deno.readFile(compiledKernels));
  const [fingerprint] = WebAssembly.Module.customSections(module, "source");
  assert.deepEqual(new Uint8Array(fingerprint), await sourceFingerprint());
});

const numbers = fc.float({ noNaN: true, min: -1, max: 1 });
const odd = fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e-40, 3e38);
const matrices = fc.integer({ min: 1, max: 70 }).chain((columns) =>
  fc.array(fc.oneof({ weight: 50, arbitrary: numbers }, odd), { minLength: columns, maxLength: 8 * columns }).map(
    (values) => {
      const rows = Math.floor(values.length / columns);
      return { rows, columns, data: Float32Array.from(values.slice(0, rows * columns)) };
    },
  )
);

/** The same bits, and NaN where there is NaN: which of them is no matter. */
function same(a: ArrayLike<number>, b: ArrayLike<number>): void {
  assert.deepEqual(Array.from(a), Array.from(b));
}

/** What a kernel writes, on each kind. */
function both<T extends ArrayLike<number>>(run: (kernels: RowKernels) => T): void {
  same(run(native!), run(portable));
}

Deno.test({
  name: ifNative("native and portable kernels agree to the last bit on measures and norms"),
  ignore: !native,
  fn: () =>
    fc.assert(fc.property(matrices, (matrix) => {
      for (const kernel of ["largest", "gap", "entropy"] as const) {
        both((kernels) => overRows(matrix, kernel, { kernels }));
      }
      const { rows, columns, data } = matrix;
      both((kernels) => {
        const out = new Float64Array(rows);
        kernels.squaredNorms(data, rows, columns, out, 1);
        return out;
      });
      both((kernels) => {
        const out = new Float32Array(rows * rows);
        kernels.narrowProducts(data, rows, columns, data, rows, out, 1);
        return out;
      });
      both((kernels) => [0, rows - 1].map((row) => kernels.innerProduct(data, 0, data, row, columns)));
      both((kernels) => [0, rows - 1].map((row) => kernels.squaredDistance(data, 0, data, row, columns)));
    })),
});

/** Products and bases with many ties. */
const blocks = fc.record({ columns: fc.integer({ min: 1, max: 40 }), rows: fc.integer({ min: 1, max: 4 }) }).chain(
  ({ rows, columns }) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      products: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: rows * columns, maxLength: rows * columns }),
      bases: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: columns, maxLength: columns }),
    }),
);

Deno.test("the two smallest of a row are found with their place, the first of equals, by either kind", () => {
  fc.assert(fc.property(blocks, ({ rows, columns, products, bases }) => {
    for (const kernels of native ? [native, portable] : [portable]) {
      const at = new Int32Array(rows);
      const [smallest, second] = [new Float64Array(rows), new Float64Array(rows)];
      const factors = [Float32Array.from(products), rows, columns, Float64Array.from(bases), 2] as const;
      kernels.twoSmallest(...factors, at, smallest, second, 1);
      for (let row = 0; row < rows; row++) {
        const values = bases.map((base, column) => base - 2 * products[row * columns + column]);
        const sorted = values.toSorted((a, b) => a - b);
        assert.deepEqual([at[row], smallest[row], second[row]], [
          values.indexOf(sorted[0]),
          sorted[0],
          sorted[1] ?? Infinity,
        ]);
      }
    }
  }));
});

Deno.test("all values within the slack of the few smallest are found in order, but not a row's own, by either kind", () => {
  fc.assert(fc.property(blocks, fc.integer({ min: 1, max: 6 }), ({ rows, columns, products, bases }, few) => {
    for (const kernels of native ? [native, portable] : [portable]) {
      const own = Int32Array.from({ length: rows }, (_, row) => row % 2 === 0 ? row : -1);
      const slack = new Float64Array(rows).fill(1.5);
      const [found, counts] = [new Int32Array(rows * columns), new Int32Array(rows)];
      const factors = [Float32Array.from(products), rows, columns, Float64Array.from(bases), 2] as const;
      kernels.fewSmallest(...factors, own, slack, few, new Float64Array(rows * few), columns, found, counts, 1);
      for (let row = 0; row < rows; row++) {
        const values = bases.map((base, column) => base - 2 * products[row * columns + column]);
        const others = values.map((_, column) => column).filter((column) => column !== own[row]);
        const limit = others.map((column) => values[column]).sort((a, b) => a - b)[few - 1] ?? Infinity;
        assert.deepEqual(
          [...found.subarray(row * columns, row * columns + counts[row])],
          others.filter((column) => values[column] <= limit + 1.5),
        );
      }
    }
  }));
});

Deno.test("products of few rows are inner products, whatever their number, by either kind", () => {
  const sizes = fc.integer({ min: 1, max: 11 });
  fc.assert(fc.property(sizes, sizes, fc.integer({ min: 1, max: 40 }), (rows, others, columns) => {
    // Small integers, so that no sum is rounded.
    const integers = (count: number) => Float32Array.from({ length: count * columns }, (_, at) => (at * 7 % 11) - 5);
    const [x, y] = [integers(rows), integers(others)];
    for (const kernels of native ? [native, portable] : [portable]) {
      const out = new Float32Array(rows * others);
      kernels.narrowProducts(x, rows, columns, y, others, out, 1);
      for (let row = 0; row < rows; row++) {
        for (let other = 0; other < others; other++) {
          const its = x.subarray(row * columns, (row + 1) * columns);
          const expected = its.reduce((sum, value, at) => sum + value * y[other * columns + at], 0);
          assert.equal(out[row * others + other], expected + 0);
        }
      }
    }
  }));
});

Deno.test("the smallest values of either side of a block are kept in lists, by either kind", () => {
  fc.assert(fc.property(blocks, fc.integer({ min: 1, max: 6 }), ({ rows, columns, products, bases }, few) => {
    // Items 0…rows − 1 are compared with the next ones, then with themselves.
    const count = rows + columns;
    const all = Float64Array.from({ length: count }, (_, item) => bases[item % columns]);
    const square = Float32Array.from({ length: rows * rows }, (_, at) => products[at % products.length]);
    const own = Int32Array.from({ length: count }, (_, item) => item);
    for (const kernels of native ? [native, portable] : [portable]) {
      const values = new Float64Array(count * few).fill(Infinity);
      const items = new Int32Array(count * few);
      kernels.keepSmallest(Float32Array.from(products), rows, 0, columns, rows, all, 2, own, 1, few, values, items, 1);
      kernels.keepSmallest(square, rows, 0, rows, 0, all, 2, own, 1, few, values, items, 1);
      for (let item = 0; item < count; item++) {
        const valueOf = (other: number) => {
          if (item < rows && other < rows) return all[other] - 2 * square[item * rows + other];
          return all[other] - 2 * products[Math.min(item, other) * columns + Math.max(item, other) - rows];
        };
        const others = Array.from({ length: count }, (_, other) => other)
          .filter((other) => other !== item && Math.min(item, other) < rows);
        const expected = others.map(valueOf).sort((a, b) => a - b).slice(0, few);
        const list = [...values.subarray(item * few, (item + 1) * few)];
        const found = list.map((value, place) => [value, items[item * few + place]])
          .filter(([value]) => value < Infinity).sort(([a], [b]) => a - b);
        assert.equal(list[few - 1], Math.max(...list));
        assert.deepEqual(found.map(([value]) => value), expected);
        assert.deepEqual(found.map(([, other]) => valueOf(other)), expected);
        assert.equal(new Set(found.map(([, other]) => other)).size, expected.length);
      }
    }
  }));
});

Deno.test({
  name: ifNative("the number of threads changes no bit"),
  ignore: !native,
  fn() {
    const [rows, columns] = [20_000, 100];
    const data = Float32Array.from({ length: rows * columns }, (_, at) => (at * 7919 % 104_729) / 104_729);
    for (const kernel of ["largest", "gap", "squaredNorms"] as const) {
      const [one, three] = [1, 3].map((threads) => {
        const out = new Float64Array(rows);
        native![kernel](data, rows, columns, out, threads);
        return out;
      });
      assert.deepEqual(one, three);
    }
  },
});
