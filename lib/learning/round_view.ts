import { type ModelSources, type PoolSource, type PoolView, poolView } from "../query/pool_view.ts";
import { gatherRows, type Matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import type { Estimator } from "./estimator.ts";
import { type Instances, instancesAt, isMatrix } from "./instances.ts";
import type { Pool } from "./pool.ts";

/** What {@linkcode roundView} shows. */
export interface RoundViewOptions {
  readonly pool: Pool;
  /** Of all items of the pool. */
  readonly instances: Instances;
  /** None before the first model. */
  readonly estimator?: Estimator;
  /** Of all items, in place of the model's own. */
  readonly embeddings?: Matrix;
  readonly dropoutPasses: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  /** Is told of each stretch of time in which the view computes. */
  readonly onSeconds?: (seconds: number) => void;
}

/** What a strategy may see of a pool and a model in one round: no label that was not bought, nothing held out. */
export function roundView(options: RoundViewOptions): PoolView {
  const { pool, instances, estimator, dropoutPasses: passes, random, signal } = options;
  const embeddings = options.embeddings ?? (isMatrix(instances) ? instances : undefined);
  const timed = concurrentTimer(options.onSeconds);
  const at = (ids: Int32Array) => instancesAt(instances, ids);
  const source = <T>(read: (ids: Int32Array) => Promise<T>): PoolSource<T> => (ids) => timed(() => read(ids));
  const features = embeddings
    ? source((ids) => Promise.resolve(gatherRows(embeddings, ids)))
    : estimator?.embeddings && source((ids) => estimator.embeddings!(at(ids), { signal }));
  const sources: ModelSources = {
    embeddings: features,
    labelledEmbeddings: features,
    ...(estimator && {
      labelledProbabilities: source((ids) => estimator.probabilities(at(ids), { signal })),
      ...(estimator.logits
        ? { logits: source((ids) => estimator.logits!(at(ids), { signal })) }
        : { probabilities: source((ids) => estimator.probabilities(at(ids), { signal })) }),
      committee: estimator.members && source((ids) => estimator.members!(at(ids), { signal })),
      dropoutPasses: estimator.dropoutPasses &&
        source((ids) => estimator.dropoutPasses!(at(ids), { passes, random: random.child("dropout"), signal })),
    }),
  };
  const { classCount, candidates, labelled, labels } = pool;
  return poolView({ classCount, candidates, labelled, labels, ...sources });
}

/** Times stretches in which at least one piece of work runs: two at once count once. */
function concurrentTimer(onSeconds: RoundViewOptions["onSeconds"]) {
  let running = 0;
  let began = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running++ === 0) began = performance.now();
    try {
      return await work();
    } finally {
      if (--running === 0) onSeconds?.((performance.now() - began) / 1000);
    }
  };
}
