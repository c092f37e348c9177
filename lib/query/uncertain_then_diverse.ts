import { kCenterGreedySampling } from "./k_center_greedy.ts";
import { marginSampling } from "./margin.ts";
import { type QueryStrategy, queryStrategy } from "./query_strategy.ts";

/** What {@linkcode uncertainThenDiverseSampling} is made of. */
export interface UncertainThenDiverseOptions {
  /** Chooses the candidates that are worth a look. Default: {@linkcode marginSampling}. */
  readonly uncertainty?: QueryStrategy;
  /** Chooses the batch among them. Default: {@linkcode kCenterGreedySampling}. */
  readonly diversity?: QueryStrategy;
  /** Candidates that pass the filter, for each of the batch; ≥ 1. Default 10. */
  readonly factor?: number;
}

/**
 * An uncertainty filter before any diversity selector: the `factor` · k candidates that `uncertainty` wants most, and
 * of these the k that `diversity` chooses. Scores are those of `diversity`.
 *
 * Xu, Yu, Tresp, Xu and Wang (2003), Representative sampling for text classification using support vector machines,
 * ECIR, section 4 (margin, then k-means); FASS in Wei, Iyer and Bilmes (2015) is entropy, then facility location.
 *
 * @throws {RangeError} if `factor` is below 1
 */
export function uncertainThenDiverseSampling(options: UncertainThenDiverseOptions = {}): QueryStrategy {
  const { uncertainty = marginSampling(), diversity = kCenterGreedySampling(), factor = 10 } = options;
  if (!(factor >= 1)) throw new RangeError(`Cannot pre-select: factor must be at least 1: current value is ${factor}`);
  return queryStrategy({
    name: "uncertainThenDiverse",
    family: "hybrid",
    needs: [...new Set([...uncertainty.needs, ...diversity.needs])],
    reference: "Xu et al. (2003), Representative sampling for text classification using support vector machines, ECIR",
    options: {
      uncertainty: { name: uncertainty.name, ...uncertainty.options },
      diversity: { name: diversity.name, ...diversity.options },
      factor,
    },
    pick: async (view, k, random) => {
      const size = Math.min(view.candidates.length, Math.ceil(factor * k));
      const filtered = await uncertainty.select(view, size, random.child("uncertainty"));
      const narrowed = view.restrictedTo(filtered.indices.toSorted());
      const { indices, scores } = await diversity.select(narrowed, k, random.child("diversity"));
      const rowOfId = new Map(Array.from(view.candidates, (id, row) => [id, row]));
      return { rows: Array.from(indices, (id) => rowOfId.get(id)!), scores };
    },
  });
}
