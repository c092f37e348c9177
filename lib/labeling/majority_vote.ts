import { type Annotation, byItem } from "./annotation.ts";

/** What most people said about an item. */
export interface Vote {
  readonly item: number;
  /** Class with the most votes; undefined where two or more have equally many. */
  readonly label: number | undefined;
  /** Class → number of votes, the most wanted first. */
  readonly votes: ReadonlyMap<number, number>;
  /** Votes of the first class by all votes: 1 where everybody agrees. */
  readonly share: number;
}

/**
 * Plurality of the answers for each item, in the order of the items' first appearance. A tie is no answer: it is left to
 * an adjudicator (see {@linkcode disagreements}).
 */
export function majorityVote(annotations: Iterable<Annotation>): Vote[] {
  return [...byItem(annotations)].map(([item, answers]) => {
    const counts = [...Map.groupBy(answers, ({ label }) => label)]
      .map(([label, { length }]) => [label, length] as const)
      .sort(([a, most], [b, more]) => more - most || a - b);
    const [[label, most], next] = counts;
    return {
      item,
      label: next?.[1] === most ? undefined : label,
      votes: new Map(counts),
      share: most / answers.length,
    };
  });
}

/**
 * Items on which people disagree, the most divided first (Shannon entropy of their votes, then the order of the items):
 * the queue of an adjudicator.
 */
export function disagreements(annotations: Iterable<Annotation>): Vote[] {
  const entropy = ({ votes }: Vote): number => {
    const all = [...votes.values()].reduce((sum, count) => sum + count, 0);
    return [...votes.values()].reduce((sum, count) => sum - count / all * Math.log(count / all), 0);
  };
  return majorityVote(annotations).filter(({ votes }) => votes.size > 1).sort((a, b) => entropy(b) - entropy(a));
}
