import type { Random } from "../runtime/random.ts";
import { drawById } from "./draw_by_id.ts";

/** Who decides ties: a lot that each item draws by its stable id, or its row where nothing is drawn. */
export interface TieOptions {
  /** Draws lots between equals; left out, the lower row wins. */
  readonly random?: Random;
  /** Stable ids of the rows, which draw the lots; left out, the row numbers. */
  readonly ids?: ArrayLike<number>;
}

/** The lot of each of `count` rows; the smaller wins. */
export function lotsFor(count: number, { random, ids }: TieOptions): Float64Array {
  const draw = random ? drawById(random) : (id: number) => id;
  return Float64Array.from({ length: count }, (_, row) => draw(random && ids ? ids[row] : row));
}
