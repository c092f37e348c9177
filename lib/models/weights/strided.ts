/** How far apart elements are along each axis where they lie row by row. */
export function rowStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  shape.reduceRight((step, side, axis) => {
    strides[axis] = step;
    return step * side;
  }, 1);
  return strides;
}

/** The elements of a strided view, row by row; `numbers` begins at the first. */
export function inRows(
  numbers: Float32Array<ArrayBuffer>,
  { shape, strides }: { shape: readonly number[]; strides: readonly number[] },
): Float32Array<ArrayBuffer> {
  const plain = rowStrides(shape);
  if (shape.every((side, axis) => side === 1 || strides[axis] === plain[axis])) return numbers;
  const rows = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const index = new Array<number>(shape.length).fill(0);
  for (let place = 0, from = 0; place < rows.length; place++) {
    rows[place] = numbers[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return rows;
}
