import { type Matrix, rowOf } from "../runtime/matrix.ts";

/**
 * The place of each row in a chain in which neighbours are alike: it begins with the first row and goes on, again and
 * again, with the nearest one that is not in it yet (the nearest-neighbour tour; Rosenkrantz et al., 1977), by the angle
 * between the rows. O(n² · features) time.
 *
 * @param features `[items, features]`
 */
export function likenessPlaces(features: Matrix): Int32Array {
  const places = new Int32Array(features.rows);
  const left = new Map(Array.from({ length: features.rows }, (_, row) => [row, unit(rowOf(features, row))]));
  let at = 0;
  for (let place = 0; left.size > 0; place++) {
    places[at] = place;
    const here = left.get(at)!;
    left.delete(at);
    let nearest = -Infinity;
    for (const [row, vector] of left) {
      const likeness = vector.reduce((sum, value, index) => sum + value * here[index], 0);
      if (likeness > nearest) [nearest, at] = [likeness, row];
    }
  }
  return places;
}

function unit(row: Float32Array): Float32Array {
  const length = Math.hypot(...row);
  return length > 0 ? row.map((value) => value / length) : row;
}
