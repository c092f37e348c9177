import { computesInBfloat16 } from "../runtime/computes_in_bfloat16.ts";
import { engineSupport } from "../runtime/engine/c_api.ts";
import { CannotCompileError } from "../runtime/engine/cannot_compile_error.ts";
import { graphEngine } from "../runtime/engine/graph_engine.ts";
import { audit } from "../runtime/audit_trail.ts";
import { eagerEngine } from "./eager_engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { normalizationOf, type Trainable } from "./trainable.ts";

/** {@linkcode EngineOptions}, and who is told of the choice. */
export interface CreateEngineOptions extends EngineOptions {
  /** Told, in one line, why the network runs operation by operation, or slower than it could, if it does. */
  readonly onNote?: (text: string) => void;
}

/**
 * The fastest engine for this network on this backend: its steps compiled into one graph where that is possible,
 * operation by operation elsewhere. Whoever asks for it disposes of it.
 */
export function createEngine(trainable: Trainable, { onNote, ...options }: CreateEngineOptions = {}): Engine {
  const half = options.precision === "bfloat16";
  const known = (engine: Engine) => {
    audit?.runs(trainable.network, engine);
    return engine;
  };
  const eager = (reason: string) => {
    onNote?.(`The network runs operation by operation${half ? ", in float32" : ""}, which is slower: ${reason}`);
    return known(eagerEngine(trainable, options));
  };
  const support = engineSupport();
  if (!support.available) return eager(support.reason);
  const { network, featureLayer } = trainable;
  try {
    const engine = graphEngine(network, { ...options, featureLayer, normalization: normalizationOf(trainable) });
    if (half && computesInBfloat16() === false) {
      onNote?.("bfloat16 is slower than float32 on this processor: it has neither AVX512_BF16 nor AMX");
    }
    return known(engine);
  } catch (error) {
    if (error instanceof CannotCompileError) return eager(error.message);
    throw error;
  }
}
