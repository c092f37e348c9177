import { wilsonInterval } from "../training/wilson_interval.ts";
import type { Annotation } from "./annotation.ts";

/** How often somebody was right where the answer was known. */
export interface GoldAccuracy {
  readonly annotator: string;
  readonly right: number;
  readonly of: number;
  readonly accuracy: number;
  /** 95 % interval (Wilson, 1927). */
  readonly interval: readonly [number, number];
}

/** Each annotator's accuracy on the items whose class is known; those who answered none of them are left out. */
export function goldAccuracy(
  annotations: Iterable<Annotation>,
  gold: ReadonlyMap<number, number>,
): GoldAccuracy[] {
  const onGold = [...annotations].filter(({ item }) => gold.has(item));
  return [...Map.groupBy(onGold, ({ annotator }) => annotator)].map(([annotator, answers]) => {
    const right = answers.filter(({ item, label }) => gold.get(item) === label).length;
    const of = answers.length;
    return { annotator, right, of, accuracy: right / of, interval: wilsonInterval(right, of) };
  });
}
