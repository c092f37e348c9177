/** Added to logits that do not compete: its softmax is 0, and it is finite. */
const silent = -1e9;

/** `count` numbers to be added to logits: 0 for these units, far below 0 for the others. */
export function unitMask(units: readonly number[], count: number): Float32Array {
  const mask = new Float32Array(count).fill(silent);
  for (const unit of units) mask[unit] = 0;
  return mask;
}
