import { eagerEngine } from "./eager_engine.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import type { Trainable } from "./trainable.ts";

/** The fastest engine for this network on this backend; whoever asks for it disposes of it. */
export function createEngine(trainable: Trainable, options?: EngineOptions): Engine {
  return eagerEngine(trainable, options);
}
