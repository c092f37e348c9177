import { type Dissimilarity, type DistantDissimilarity, productError, valuesOf } from "./dissimilarity.ts";

/** The dissimilarities among a few items. */
export interface Pairs {
  /**
   * Lowers `nearest` of `others` to their exact dissimilarity to `pick`, where that is smaller; all must be members.
   */
  lower(nearest: Float64Array, pick: number, others: Iterable<number>): Promise<void>;
}

/** The dissimilarities among a few items, from one matrix product that is made when it is first needed. */
export function pairsAmong(dissimilarity: Dissimilarity | DistantDissimilarity, members: Iterable<number>): Pairs {
  const { base, factor, norm } = dissimilarity;
  const error = productError(dissimilarity) * factor;
  const items = Int32Array.from(members);
  const places = new Map(Array.from(items, (item, place) => [item, place]));
  let products: Float32Array | undefined;
  return {
    async lower(nearest, pick, others) {
      products ??= await dissimilarity.products(items, items);
      const start = places.get(pick)! * items.length;
      const close: number[] = [];
      for (const other of others) {
        const bound = base[pick] + base[other] - factor * products[start + places.get(other)!];
        if (bound <= nearest[other] + error * norm[pick] * norm[other]) close.push(other);
      }
      const rights = Int32Array.from(close);
      const values = await valuesOf(dissimilarity, new Int32Array(rights.length).fill(pick), rights);
      rights.forEach((other, pair) => nearest[other] = Math.min(nearest[other], values[pair]));
    },
  };
}
