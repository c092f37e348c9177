import type { NamedTensors } from "../runtime/engine/engine_state.ts";
import type { tf } from "../runtime/tensorflow.ts";

/** What a network was at one time; never changes. */
export interface Snapshot {
  /** `[count, units]`; no gradient flows into it. */
  logits(x: tf.Tensor): tf.Tensor2D;
  /** A copy of its weights. */
  read(): Promise<NamedTensors>;
  dispose(): void;
}
