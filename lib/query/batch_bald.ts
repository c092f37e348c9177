import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { Random } from "../runtime/random.ts";
import { bald } from "./bald.ts";
import { drawById } from "./draw_by_id.ts";
import { maxHeap } from "./max_heap.ts";
import { type OpinionOptions, opinions } from "./opinions.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { topK } from "./top_k.ts";

/** How {@linkcode batchBald} chooses. */
export interface BatchBaldOptions {
  /** Items to choose, 0…items. */
  readonly k: number;
  /**
   * Joint outcomes of the batch that are kept (default 2,000). While all that are possible fit, at most Cᵇ for b items,
   * the information is exact; beyond, it is estimated from this many.
   */
  readonly outcomes?: number;
  /** Breaks ties by lot and draws outcomes; left out, the lower id comes first and seed 0 draws. */
  readonly random?: Random;
  /** Stable ids, by which ties are broken; default: the row numbers. */
  readonly ids?: ArrayLike<number>;
}

/** Items that tell most together. */
export interface JointBatch {
  /** Rows of the passes, in the order picked. */
  readonly rows: Int32Array;
  /** Information of the batch up to and with each pick, in nats. */
  readonly scores: Float64Array;
}

/**
 * BatchBALD: the batch whose labels together tell most about the weights, I(y₁…y_b ; ω), built greedily, which comes
 * within 1 − 1/e of the best. Scores are the information of the batch up to and with each pick, in nats; they never
 * fall, and never exceed ln T for T passes. At k = 1 it is {@linkcode bald}.
 *
 * Kirsch, van Amersfoort and Gal (2019), BatchBALD: efficient and diverse batch acquisition for deep Bayesian active
 * learning, NeurIPS, eqs. 7–14 and algorithm 1. The joint entropy is taken apart by the chain rule: what item x adds is
 * E_{y₁…y_b}[BALD of x under the posterior over passes given these outcomes]. So an outcome that leaves only one pass
 * possible adds nothing and is dropped, and no product of small numbers underflows. Where outcomes outgrow their limit,
 * as many are drawn by systematic resampling.
 *
 * What an item adds only falls as the batch grows, so an item is measured again only when its last measure leads: lazy
 * greedy (Minoux, 1978), the same picks while the information is exact. One measure is O(outcomes·C·T); memory is
 * O(n + outcomes·(C + T)). scikit-activeml is exact up to its own limit as well; baal draws 500 outcomes and always
 * begins with the top of BALD; DISTIL carries the authors' code.
 *
 * An item that is NaN in any pass comes last, with score NaN.
 *
 * @param passes each `[items, classes]`
 * @throws {RangeError} if there are no passes, their shapes differ, or `k` or `outcomes` is out of range
 *
 * @example
 * ```ts
 * import { batchBald, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * // Items 0 and 1 ask the same question twice; item 2 asks another, about which less is to learn.
 * const passes = [[1, 0.9], [1, 0.1], [0, 0.9], [0, 0.1]].map(([a, b]) => matrix([[a, 1 - a], [a, 1 - a], [b, 1 - b]]));
 * assert.deepEqual([...batchBald(passes, { k: 2 }).rows], [0, 2]);
 * ```
 */
export function batchBald(passes: readonly Matrix[], options: BatchBaldOptions): JointBatch {
  const { k, outcomes = 2000, random, ids } = options;
  const gains = bald(passes);
  const count = gains.length;
  if (!Number.isInteger(k) || k < 0 || k > count) {
    throw new RangeError(`Cannot choose a batch: k must be an integer in 0…${count}: current value is ${k}`);
  }
  if (!Number.isInteger(outcomes) || outcomes < 1) {
    throw new RangeError(`Cannot choose a batch: outcomes must be an integer ≥ 1: current value is ${outcomes}`);
  }
  const draw = random ? drawById(random.child("ties")) : (id: number) => id;
  const lots = Float64Array.from(gains, (_, row) => draw(ids ? ids[row] : row));
  const resampling = (random ?? new Random(0)).child("outcomes");
  const measured = Int32Array.from(gains, (_, row) => row).filter((row) => !Number.isNaN(gains[row]));
  const heap = maxHeap(
    measured,
    (a, b) => gains[a] !== gains[b] ? gains[a] > gains[b] : lots[a] !== lots[b] ? lots[a] < lots[b] : a < b,
  );

  const rows: number[] = [];
  const scores: number[] = [];
  const roundOf = new Int32Array(count);
  let information = 0;
  let belief = nothingKnown(passes.length);
  while (rows.length < k && heap.size > 0) {
    const row = heap.pop();
    if (roundOf[row] < rows.length) {
      gains[row] = expectedGain(belief, itemOf(passes, row));
      roundOf[row] = rows.length;
      heap.push(row);
      continue;
    }
    rows.push(row);
    information += gains[row];
    scores.push(information);
    if (rows.length < k) belief = resampled(answered(belief, itemOf(passes, row)), { outcomes, random: resampling });
  }
  const left = topK(gains.map((gain) => Number.isNaN(gain) ? 0 : NaN), k - rows.length, { random, ids });
  return {
    rows: Int32Array.from([...rows, ...left]),
    scores: Float64Array.from({ length: k }, (_, place) => scores[place] ?? NaN),
  };
}

/** Outcomes of the batch so far that leave more than one pass possible, and what each says about the passes. */
interface Belief {
  readonly passes: number;
  /** Probability of each outcome; together at most 1. */
  readonly weights: Float64Array;
  /** `[outcomes, passes]`, each row a distribution over passes. */
  readonly posteriors: Float64Array;
}

function nothingKnown(passes: number): Belief {
  return { passes, weights: Float64Array.of(1), posteriors: new Float64Array(passes).fill(1 / passes) };
}

/** What every pass says about one item. */
interface Item {
  readonly classes: number;
  /** `[classes, passes]` */
  readonly probabilities: Float64Array;
  /** Entropy of each pass's distribution, in nats. */
  readonly entropies: Float64Array;
}

function itemOf(passes: readonly Matrix[], row: number): Item {
  const classes = passes[0].columns;
  const probabilities = new Float64Array(classes * passes.length);
  const entropies = new Float64Array(passes.length);
  passes.forEach((pass, index) => {
    rowOf(pass, row).forEach((probability, column) => {
      probabilities[column * passes.length + index] = probability;
      if (probability > 0) entropies[index] -= probability * Math.log(probability);
    });
  });
  return { classes, probabilities, entropies };
}

/** Σ over outcomes of weight × BALD of the item under the outcome's posterior. */
function expectedGain({ passes, weights, posteriors }: Belief, { classes, probabilities, entropies }: Item): number {
  let total = 0;
  for (let outcome = 0; outcome < weights.length; outcome++) {
    const start = outcome * passes;
    let information = 0;
    for (let pass = 0; pass < passes; pass++) information -= posteriors[start + pass] * entropies[pass];
    for (let column = 0, at = 0; column < classes; column++) {
      let predictive = 0;
      for (let pass = 0; pass < passes; pass++) predictive += posteriors[start + pass] * probabilities[at++];
      if (predictive > 0) information -= predictive * Math.log(predictive);
    }
    total += weights[outcome] * information;
  }
  return total > 0 ? total : 0;
}

/** Every outcome with every answer to one more item. */
function answered({ passes, weights, posteriors }: Belief, { classes, probabilities }: Item): Belief {
  const grownWeights = new Float64Array(weights.length * classes);
  const grown = new Float64Array(grownWeights.length * passes);
  let kept = 0;
  for (let outcome = 0; outcome < weights.length; outcome++) {
    for (let column = 0; column < classes; column++) {
      const start = kept * passes;
      let predictive = 0;
      let largest = 0;
      for (let pass = 0; pass < passes; pass++) {
        const joint = posteriors[outcome * passes + pass] * probabilities[column * passes + pass];
        grown[start + pass] = joint;
        predictive += joint;
        if (joint > largest) largest = joint;
      }
      // Impossible, or only one pass is left: nothing more to learn behind this outcome.
      if (predictive === 0 || largest >= predictive * settled) continue;
      for (let pass = 0; pass < passes; pass++) grown[start + pass] /= predictive;
      grownWeights[kept++] = weights[outcome] * predictive;
    }
  }
  return { passes, weights: grownWeights.slice(0, kept), posteriors: grown.slice(0, kept * passes) };
}

const settled = 1 - 1e-12;

interface ResampleOptions {
  readonly outcomes: number;
  readonly random: Random;
}

/** The belief itself while its outcomes fit; else `outcomes` of them, drawn at equal steps along their weights. */
function resampled(belief: Belief, { outcomes, random }: ResampleOptions): Belief {
  const { passes, weights, posteriors } = belief;
  if (weights.length <= outcomes) return belief;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const step = total / outcomes;
  const drawn = new Float64Array(outcomes * passes);
  let mark = random.next() * step;
  let outcome = 0;
  let reached = weights[0];
  for (let place = 0; place < outcomes; place++, mark += step) {
    while (reached <= mark && outcome < weights.length - 1) reached += weights[++outcome];
    drawn.set(posteriors.subarray(outcome * passes, (outcome + 1) * passes), place * passes);
  }
  return { passes, weights: new Float64Array(outcomes).fill(step), posteriors: drawn };
}

/** Asks for the batch that tells most about the model: {@linkcode batchBald}. */
export function batchBaldSampling(
  options: OpinionOptions & Pick<BatchBaldOptions, "outcomes"> = {},
): QueryStrategy {
  const { over = "dropoutPasses", outcomes = 2000 } = options;
  const { needs, read } = opinions({ over });
  return queryStrategy({
    name: "batchBald",
    family: "bayesian",
    needs,
    reference: "Kirsch, van Amersfoort and Gal (2019), BatchBALD, NeurIPS",
    options: { over, outcomes },
    pick: async (view, k, random) => batchBald(await read(view), { k, outcomes, random, ids: view.candidates }),
  });
}
