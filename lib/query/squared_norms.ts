import { kernelThreads, rowKernels, rowsAtOnce } from "../runtime/kernels/row_kernels.ts";
import type { Matrix } from "../runtime/matrix.ts";

/** ‖x‖² of each row, in float64: finite for rows of finite numbers, and for no others. */
export function squaredNorms({ rows, columns, data }: Matrix): Float64Array {
  const norms = new Float64Array(rows);
  if (columns === 0) return norms;
  const atOnce = rowsAtOnce(rows, columns);
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first);
    const block = data.subarray(first * columns, (first + count) * columns);
    rowKernels.squaredNorms(block, count, columns, norms.subarray(first, first + count), kernelThreads);
  }
  return norms;
}
