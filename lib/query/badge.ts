import type { Random } from "../runtime/random.ts";
import { amongUsable, finiteRows, rowsAt } from "./among_usable.ts";
import { gradientEmbeddings, type GradientFactors } from "./gradient_embedding.ts";
import { lotsFor } from "./lots.ts";
import { type Picks, type QueryStrategy, queryStrategy } from "./query_strategy.ts";
import { sampleBySquaredDistance } from "./sample_by_squared_distance.ts";
import { topK } from "./top_k.ts";

/** How {@linkcode badge} draws. */
export interface BadgeOptions {
  /** Rows to pick, in 0…rows. */
  readonly k: number;
  readonly random: Random;
  /** Stable ids of the rows, which draw lots between equals; left out, the row numbers. */
  readonly ids?: ArrayLike<number>;
}

/**
 * BADGE, batch active learning by diverse gradient embeddings: k-means++ seeding on g = (p − e_ŷ) ⊗ h, the gradient
 * that the last layer would get if its own prediction were the label. Uncertain rows have long gradients, so the batch
 * is uncertain and diverse at once.
 *
 * Ash, Zhang, Krishnamurthy, Langford and Agarwal (2020), Deep batch active learning by diverse, uncertain gradient
 * lower bounds, ICLR, algorithm 1. The first pick has the largest ‖g‖, as in the authors' code; the following are drawn
 * by D², distinct. scikit-activeml keeps an extra centre at the origin; DISTIL may repeat a pick.
 *
 * Distances are factorised ({@linkcode gradientEmbeddings}) and drawn by rejection
 * ({@linkcode sampleBySquaredDistance}): at worst O(n · k · (C + d)) time where explicit gradients take n · k · C · d,
 * and O(n · C) memory where they take n · C · d. Scores: ‖g‖² of the first, D² of the others when they were drawn. Rows
 * that are not finite come last.
 *
 * @throws {RangeError} if `k` is not an integer in 0…rows, or the rows do not match
 */
export async function badge(factors: GradientFactors, { k, random, ids }: BadgeOptions): Promise<Picks> {
  const { probabilities, embeddings } = factors;
  if (probabilities.rows !== embeddings.rows) {
    throw new RangeError(
      `Cannot make gradients: there must be one embedding for each of ${probabilities.rows} rows: current value is ${embeddings.rows}`,
    );
  }
  if (!Number.isInteger(k) || k < 0 || k > embeddings.rows) {
    throw new RangeError(`Cannot select rows: k must be an integer in 0…${embeddings.rows}: current value is ${k}`);
  }
  const lots = lotsFor(embeddings.rows, { random: random.child("ties"), ids });
  const [believed, embedded] = [finiteRows(probabilities), finiteRows(embeddings)];
  const usable = (row: number) => believed(row) && embedded(row);
  return await amongUsable({ count: embeddings.rows, usable, k, lots }, async (rows, wanted) => {
    const gradients = gradientEmbeddings({
      probabilities: rowsAt(probabilities, rows),
      embeddings: rowsAt(embeddings, rows),
    });
    const [first] = topK(gradients.base, 1, {
      ids: rows.map((row) => ids?.[row] ?? row),
      random: random.child("first"),
    });
    const sample = await sampleBySquaredDistance(gradients, { k: wanted, first, random: random.child("draws") });
    sample.scores[0] = gradients.base[first];
    return sample;
  });
}

/** Asks for a batch by {@linkcode badge}. */
export function badgeSampling(): QueryStrategy {
  return queryStrategy({
    name: "badge",
    family: "hybrid",
    needs: ["probabilities", "embeddings"],
    reference:
      "Ash et al. (2020), Deep batch active learning by diverse, uncertain gradient lower bounds, ICLR, algorithm 1",
    pick: async (view, k, random) =>
      badge(
        { probabilities: await view.probabilities(), embeddings: await view.embeddings() },
        { k, random, ids: view.candidates },
      ),
  });
}
