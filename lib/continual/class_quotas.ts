import type { Exemplar } from "./exemplar.ts";

/**
 * Shares a memory among classes as evenly as what they have allows: what a small class leaves goes to the others, and
 * what cannot be divided to the lowest classes.
 *
 * @param available how many examples each class has
 * @returns how many of each are kept
 */
export function classQuotas(available: ReadonlyMap<number, number>, capacity: number): Map<number, number> {
  const quotas = new Map<number, number>();
  let left = capacity;
  const ascending = [...available].sort(([a, few], [b, many]) => few - many || b - a);
  for (const [place, [label, count]] of ascending.entries()) {
    const share = Math.min(count, Math.floor(left / (ascending.length - place)));
    quotas.set(label, share);
    left -= share;
  }
  return quotas;
}

/** The examples of each class, classes in their order. */
export function byClass(exemplars: readonly Exemplar[]): Map<number, Exemplar[]> {
  return new Map([...Map.groupBy(exemplars, ({ label }) => label)].sort(([a], [b]) => a - b));
}
