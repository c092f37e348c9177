import assert from "node:assert/strict";
import { gatherRows, matrix, rowOf } from "curio";

Deno.test("matrix() lays rows one after the other", () => {
  const m = matrix([[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual([m.rows, m.columns, ...m.data], [2, 3, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...rowOf(m, 1)], [4, 5, 6]);
});

Deno.test("matrix() of no rows is empty", () => {
  assert.deepEqual(matrix([]), { rows: 0, columns: 0, data: new Float32Array(0) });
});

Deno.test("matrix() refuses rows of different lengths and says which", () => {
  assert.throws(() => matrix([[1, 2], [3]]), { name: "RangeError", message: /as the first, 2: row 1 has 1/ });
});

Deno.test("rowOf() is a view: writing to it writes to the matrix", () => {
  const m = matrix([[1, 2], [3, 4]]);
  rowOf(m, 0)[1] = 9;
  assert.equal(m.data[1], 9);
});

Deno.test("gatherRows() copies rows in the order asked, repeats included", () => {
  const source = matrix([[1, 2], [3, 4]]);
  const gathered = gatherRows(source, [1, 0, 1]);
  assert.deepEqual([...gathered.data], [3, 4, 1, 2, 3, 4]);
  gathered.data[0] = 0;
  assert.equal(source.data[2], 3);
});
