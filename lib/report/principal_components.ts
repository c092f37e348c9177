import type { Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";

/** Passes over the data; after so many the leading components have settled to more digits than a picture shows. */
const passes = 8;

/**
 * The data's coordinates along its first principal components, `[rows, components]`, largest variance first: subspace
 * iteration from a random start (Halko, Martinsson and Tropp, 2011, "Finding Structure with Randomness", algorithm 4.4).
 *
 * @param components at most as many as there are columns
 */
export function principalComponents(
  data: Matrix,
  { components, random }: { readonly components: number; readonly random: Random },
): Matrix {
  const count = Math.min(components, data.columns);
  const centred = centre(data);
  // A few directions more than are wanted make the wanted ones exact sooner.
  const width = Math.min(data.columns, count + 5);
  let basis = orthonormal(
    Array.from({ length: width }, () => Float64Array.from({ length: data.columns }, () => random.normal())),
  );
  for (let pass = 0; pass < passes; pass++) {
    basis = orthonormal(basis.map((axis) => back(centred, along(centred, axis))));
  }
  const projected = basis.map((axis) => along(centred, axis)).map((column) => ({ column, size: dot(column, column) }))
    .sort((one, other) => other.size - one.size).slice(0, count);
  const result = { rows: data.rows, columns: count, data: new Float32Array(data.rows * count) };
  projected.forEach(({ column }, place) => column.forEach((value, row) => result.data[row * count + place] = value));
  return result;
}

function centre({ rows, columns, data }: Matrix): Matrix {
  const means = new Float64Array(columns);
  for (let place = 0; place < data.length; place++) means[place % columns] += data[place] / rows;
  return { rows, columns, data: data.map((value, place) => value - means[place % columns]) };
}

function along({ rows, columns, data }: Matrix, axis: Float64Array): Float64Array {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += data[row * columns + column] * axis[column];
    values[row] = sum;
  }
  return values;
}

function back({ rows, columns, data }: Matrix, values: Float64Array): Float64Array {
  const axis = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) axis[column] += data[row * columns + column] * values[row];
  }
  return axis;
}

/** Gram and Schmidt, in the given order; directions that are gone become 0. */
function orthonormal(axes: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const axis of axes) {
    for (const other of done) {
      const share = dot(axis, other);
      axis.forEach((_, place) => axis[place] -= share * other[place]);
    }
    const length = Math.sqrt(dot(axis, axis));
    done.push(axis.map((value) => length > 1e-12 ? value / length : 0));
  }
  return done;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < one.length; place++) sum += one[place] * other[place];
  return sum;
}
