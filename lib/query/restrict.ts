import type { Random } from "../runtime/random.ts";
import { drawById } from "./draw_by_id.ts";
import type { PoolView } from "./pool_view.ts";

/** How {@linkcode restrict} draws. */
export interface RestrictOptions {
  /** Candidates to keep; all of them where there are no more. */
  readonly size: number;
  readonly random: Random;
}

/**
 * The view with a uniformly drawn subset of its candidates, ascending by id: for pools too large for a strategy, and
 * models too slow to look at everything. Whether an item is drawn depends on the seed and the ids alone, not on the
 * order of the pool.
 *
 * @throws {RangeError} if `size` is not an integer ≥ 0
 */
export function restrict(view: PoolView, { size, random }: RestrictOptions): PoolView {
  if (!Number.isInteger(size) || size < 0) {
    throw new RangeError(`Cannot restrict a view: the size must be an integer ≥ 0: current value is ${size}`);
  }
  const { candidates } = view;
  if (size >= candidates.length) return view;
  const draw = drawById(random);
  const draws = Float64Array.from(candidates, draw);
  const threshold = draws.toSorted()[size];
  const kept = candidates.filter((_, row) => draws[row] < threshold).subarray(0, size);
  return view.restrictedTo(kept.toSorted());
}
