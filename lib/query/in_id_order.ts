import type { PoolView } from "./pool_view.ts";

/** The same view with its candidates ascending by id; itself, and no work, where they do already. */
export function inIdOrder(view: PoolView): PoolView {
  const { candidates } = view;
  for (let row = 1; row < candidates.length; row++) {
    if (candidates[row] < candidates[row - 1]) return view.restrictedTo(candidates.toSorted());
  }
  return view;
}
