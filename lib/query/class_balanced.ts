import { drawById } from "./draw_by_id.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { topK } from "./top_k.ts";
import { likeliestClasses } from "./votes.ts";

/**
 * Random, balanced over predicted classes: each pick goes to the class that has the fewest items so far, labels in hand
 * and picks of this batch together, among the classes that the model still predicts for some candidate; within the
 * class to an item drawn by lot. Classes that are level take turns in an order drawn by lot. Candidates with NaN in
 * their row belong to no class and come last.
 *
 * The simple remedy for an imbalanced pool; only as good as the predictions. Score: minus the items that its class had
 * when it was picked (NaN outside every class). O(n·C + n log n + k·C) time.
 */
export function classBalancedSampling(): QueryStrategy {
  return queryStrategy({
    name: "classBalanced",
    family: "baseline",
    needs: ["probabilities"],
    reference: "Random sampling stratified by predicted label; compare Bengar et al. (2022), Class-balanced active " +
      "learning for image classification, WACV",
    async pick(view, k, random) {
      const { candidates, classCount, labels } = view;
      const predicted = likeliestClasses(await view.probabilities());
      const order = topK(Float64Array.from(candidates, drawById(random.child("items"))), candidates.length);
      const queues = Array.from({ length: classCount }, (): number[] => []);
      const outside: number[] = [];
      // Best luck last, where a queue gives up its next item at once.
      for (const row of order.reverse()) (queues[predicted[row]] ?? outside).push(row);

      const held = new Int32Array(classCount);
      for (const label of labels) held[label]++;
      const turns = random.child("classes").permutation(classCount);
      const rows: number[] = [];
      const scores: number[] = [];
      while (rows.length < k) {
        let poorest = -1;
        for (const label of turns) {
          if (queues[label].length > 0 && (poorest < 0 || held[label] < held[poorest])) poorest = label;
        }
        if (poorest < 0) break;
        rows.push(queues[poorest].pop()!);
        scores.push(-held[poorest]++);
      }
      while (rows.length < k) {
        rows.push(outside.pop()!);
        scores.push(NaN);
      }
      return { rows, scores };
    },
  });
}
