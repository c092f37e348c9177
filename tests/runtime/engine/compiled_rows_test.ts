import assert from "node:assert/strict";
import { engineSupport, Random } from "curio";
import { takeAwayMean } from "../../../lib/models/row_products.ts";
import { CompiledRows } from "../../../lib/runtime/engine/compiled_rows.ts";
import { Graph } from "../../../lib/runtime/engine/graph.ts";
import { NativeTensor } from "../../../lib/runtime/engine/native_tensor.ts";
import { Session } from "../../../lib/runtime/engine/session.ts";
import { assertClose } from "../../query/close_to.ts";

const ignore = !engineSupport().available;
const [rows, columns, classes] = [40, 6, 3];
const random = new Random("rows");
const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());
const data = new Float32Array(normals(rows * columns));
const matrix = { rows, columns, data };

/** Of [left, inner] and [inner, right]. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, inner: number): Float64Array {
  const [left, right] = [a.length / inner, b.length / inner];
  return Float64Array.from({ length: left * right }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[Math.floor(at / right) * inner + k] * b[k * right + at % right];
    return sum;
  });
}

function transposed(values: ArrayLike<number>, width: number): Float64Array {
  const height = values.length / width;
  return Float64Array.from(values, (_, at) => values[(at % height) * width + Math.floor(at / height)]);
}

Deno.test({ name: "products with compiled rows are those of the matrices", ignore }, async () => {
  const compiled = new CompiledRows(matrix);
  const weights = normals(classes * columns);
  const residuals = normals(rows * classes);
  const scores = product(data, transposed(weights, columns), columns);
  const slopes = product(transposed(residuals, classes), data, rows);
  assertClose(await compiled.scores(weights, "float64"), scores, 1e-12);
  assertClose(await compiled.scores(weights, "float32"), scores, 1e-5);
  assertClose(await compiled.slopes(residuals, "float64"), slopes, 1e-12);
  assertClose(await compiled.slopes(residuals, "float32"), slopes, 1e-4);
  compiled.dispose();
});

Deno.test(
  { name: "conjugate gradients solve with the Hessian in its coordinates, penalty included", ignore },
  async () => {
    const compiled = new CompiledRows(matrix);
    const bends = normals(rows).map((value) => 0.05 + value ** 2 / 20);
    const penalties = Float64Array.from({ length: columns }, (_, column) => column < columns - 1 ? 0.7 : 0);
    const whitened = await compiled.whiten({ weights: bends, penalties });
    assert.ok(whitened?.isExact);
    const powers = normals(rows * classes).map(Math.exp);
    const probabilities = powers.map((power, at) => {
      const from = at - at % classes;
      return power / (powers[from] + powers[from + 1] + powers[from + 2]);
    });
    const weights = normals(rows).map(Math.abs);
    const direction = normals(classes * columns);
    // What all classes share bends nothing where no penalty holds it.
    takeAwayMean(direction, columns);

    const outer = await whitened.outwards(direction);
    const turned = product(data, transposed(outer, columns), columns);
    const bent = turned.map((turn, at) => {
      const row = Math.floor(at / classes);
      let mean = 0;
      for (let k = row * classes; k < (row + 1) * classes; k++) mean += probabilities[k] * turned[k];
      return weights[row] * probabilities[at] * (turn - mean);
    });
    const hessian = product(transposed(bent, classes), data, rows)
      .map((value, at) => value + penalties[at % columns] * outer[at]);
    const residual = await whitened.inwards(hessian);
    const { solution, left } = await whitened.conjugateGradients({ probabilities, weights }, {
      ...{ residual, enough: 1e-9, maxProducts: 200 },
    });
    assert.ok(left <= 1e-9);
    assertClose(solution, direction, 1e-3);
    whitened.dispose();
    compiled.dispose();
  },
);

Deno.test({ name: "rows that cannot be whitened are said to be so, and nothing is left behind", ignore }, async () => {
  new CompiledRows(matrix).dispose();
  const before = [NativeTensor.alive, Graph.alive, Session.alive];
  const compiled = new CompiledRows({ rows: 2, columns: 2, data: new Float32Array(4) });
  const nothing = new Float64Array(2);
  assert.equal(await compiled.whiten({ weights: nothing, penalties: nothing }), undefined);
  compiled.dispose();
  const whole = new CompiledRows(matrix);
  const penalties = new Float64Array(columns).fill(1e-30);
  const whitened = await whole.whiten({ weights: new Float64Array(rows).fill(0.1), penalties });
  assert.equal(whitened?.isExact, false);
  whitened?.dispose();
  whole.dispose();
  assert.deepEqual([NativeTensor.alive, Graph.alive, Session.alive], before);
});
