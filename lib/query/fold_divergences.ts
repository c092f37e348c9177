import type { Matrix } from "../runtime/matrix.ts";
import { checkMembers } from "./opinions.ts";

/**
 * Folds, of each item, the divergences KL(pₖ ‖ p̄) of the members from their mean, in nats, beginning at 0. An item on
 * which a member's row has NaN gives NaN.
 */
export function foldDivergences(
  members: readonly Matrix[],
  fold: (folded: number, divergence: number) => number,
): Float64Array {
  checkMembers(members);
  const [{ rows, columns }] = members;
  const result = new Float64Array(rows);
  const consensus = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    consensus.fill(0);
    for (const { data } of members) {
      for (let column = 0; column < columns; column++) consensus[column] += data[start + column] / members.length;
    }
    let folded = 0;
    let whole = true;
    for (const { data } of members) {
      let divergence = 0;
      for (let column = 0; column < columns; column++) {
        const probability = data[start + column];
        if (probability > 0) divergence += probability * Math.log(probability / consensus[column]);
        else if (probability !== probability) whole = false;
      }
      folded = fold(folded, divergence < 0 ? 0 : divergence);
    }
    result[row] = whole ? folded : NaN;
  }
  return result;
}
