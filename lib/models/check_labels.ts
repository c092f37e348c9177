/**
 * Refuses labels that do not fit the rows they belong to.
 *
 * @throws {RangeError} if there is not one for each row, or one is not an integer in 0…`classes` − 1
 */
export function checkLabels(labels: ArrayLike<number>, { rows, classes }: { rows: number; classes: number }): void {
  if (labels.length !== rows) {
    throw new RangeError(
      `Cannot learn from embeddings: there must be one label for each of ${rows} labelled rows: ` +
        `current value is ${labels.length} labels`,
    );
  }
  for (let row = 0; row < rows; row++) {
    if (Number.isInteger(labels[row]) && labels[row] >= 0 && labels[row] < classes) continue;
    throw new RangeError(
      `Cannot learn from embeddings: a label must be an integer in 0…${classes - 1}: ` +
        `current value is ${labels[row]}, in row ${row}`,
    );
  }
}
