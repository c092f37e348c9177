/**
 * Refuses a list of indices that does not fit a source of `count` items.
 *
 * @throws {RangeError} naming the first index that is not an integer in 0…`count` − 1, and its place
 */
export function checkIndices(indices: ArrayLike<number>, count: number): void {
  for (let place = 0; place < indices.length; place++) {
    const index = indices[place];
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      throw new RangeError(
        `Cannot pick images: an index must be an integer in 0…${
          count - 1
        }: current value is ${index}, at place ${place}`,
      );
    }
  }
}
