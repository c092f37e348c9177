import type { Matrix } from "../runtime/matrix.ts";
import { checkMembers } from "./opinions.ts";

/** How the members vote on one item: by class, how many take it for that class. Valid until the next item. */
export type Tally = Float64Array;

/**
 * Calls `measure` with the votes on each item. A member votes for its likeliest class, the first of equals, as `argmax`
 * does; an item on which a member's row has NaN measures NaN.
 */
export function overVotes(members: readonly Matrix[], measure: (tally: Tally) => number): Float64Array {
  checkMembers(members);
  const [{ rows, columns }] = members;
  const ballots = members.map(likeliestClasses);
  const tally = new Float64Array(columns);
  const result = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    tally.fill(0);
    let whole = true;
    for (const ballot of ballots) {
      if (ballot[row] < 0) whole = false;
      else tally[ballot[row]]++;
    }
    result[row] = whole ? measure(tally) : NaN;
  }
  return result;
}

/** The likeliest class of each row, the first of equals; −1 where the row has NaN in it or there is no class. */
export function likeliestClasses({ rows, columns, data }: Matrix): Int32Array {
  const result = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let best = columns > 0 ? 0 : -1;
    for (let column = 0; column < columns; column++) {
      const value = data[start + column];
      if (value !== value) {
        best = -1;
        break;
      }
      if (value > data[start + best]) best = column;
    }
    result[row] = best;
  }
  return result;
}
