/**
 * An order of classes in which those taken for each other stand side by side: average-linkage clustering (Sokal and
 * Michener, 1958) on the mean of both directions' shares, clusters being joined end to end where their ends are most
 * alike. The same matrix gives the same order.
 *
 * @param confusion `confusion[i][j]`: images of class i that were taken for class j
 * @returns the indices of the classes
 */
export function confusionOrder(confusion: readonly (readonly number[])[]): number[] {
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0) || 1);
  const likeness = confusion.map((row, i) => row.map((count, j) => count / totals[i] + confusion[j][i] / totals[j]));
  const clusters = confusion.map((_, index) => [index]);
  const linkage = likeness.map((row) => [...row]);
  const alive = clusters.map((_, index) => index);
  while (alive.length > 1) {
    const [into, from] = closest(alive, linkage);
    const [intoSize, fromSize] = [clusters[into].length, clusters[from].length];
    clusters[into] = joinEnds(clusters[into], clusters[from], likeness);
    for (const other of alive) {
      const mean = (linkage[into][other] * intoSize + linkage[from][other] * fromSize) / (intoSize + fromSize);
      linkage[into][other] = mean;
      linkage[other][into] = mean;
    }
    alive.splice(alive.indexOf(from), 1);
  }
  return alive.length === 0 ? [] : clusters[alive[0]];
}

function closest(alive: readonly number[], linkage: readonly (readonly number[])[]): [number, number] {
  let best: [number, number] = [alive[0], alive[1]];
  for (let place = 0; place < alive.length; place++) {
    const row = linkage[alive[place]];
    for (let other = place + 1; other < alive.length; other++) {
      if (row[alive[other]] > linkage[best[0]][best[1]]) best = [alive[place], alive[other]];
    }
  }
  return best;
}

/** The two rows of classes as one, turned so that the most alike ends meet. */
function joinEnds(
  one: readonly number[],
  other: readonly number[],
  likeness: readonly (readonly number[])[],
): number[] {
  const turned = (row: readonly number[]) => [...row].reverse();
  const ways = [[one, other], [one, turned(other)], [turned(one), other], [turned(one), turned(other)]];
  const meeting = ([left, right]: readonly (readonly number[])[]) => likeness[left[left.length - 1]][right[0]];
  return ways.reduce((best, way) => meeting(way) > meeting(best) ? way : best).flat();
}
