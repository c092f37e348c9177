import { tf } from "../runtime/tensorflow.ts";
import { softmaxCrossEntropy } from "../training/softmax_cross_entropy.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";
import type { Exemplar } from "./exemplar.ts";
import { reservoirBuffer } from "./reservoir_buffer.ts";
import { streamMemory } from "./stream_memory.ts";

/** What {@linkcode derPlusPlus} may be told. */
export interface DerOptions {
  /** Examples kept; default 200. */
  readonly memory?: number;
  /** α, how much the old logits count; default 0.2, the paper's for Split-MNIST with a memory of 200. */
  readonly alpha?: number;
  /** β, how much the old labels count; default 1, likewise. 0 is DER. */
  readonly beta?: number;
}

/**
 * Dark experience replay++ (Buzzega et al., 2020, eq. 6): loss + α·mean (h(x′) − z′)² + β·cross-entropy(x″, y″), with x′
 * and x″ two samples from memory, as large as the batch, and z′ the logits when x′ was taken in.
 *
 * Each example is offered to the reservoir once, in the step in which it is first learnt. The paper's code offers it again
 * in every epoch; in streams of one epoch, as the paper's MNIST, that is the same.
 *
 * @throws {RangeError} if an option is out of its range
 */
export function derPlusPlus({ memory: capacity = 200, alpha = 0.2, beta = 1 }: DerOptions = {}): ContinualStrategy {
  const buffer = reservoirBuffer(capacity);
  if (!(alpha >= 0 && beta >= 0)) {
    throw new RangeError(`Cannot replay: α and β must be at least 0: current values are ${alpha} and ${beta}`);
  }
  return {
    name: beta === 0 ? "DER" : "DER++",
    options: { memory: capacity, alpha, beta },
    start(network) {
      const memory = streamMemory(network, buffer);
      const units = network.stream.classNames.length;
      let logitsOf = new Map<Exemplar, Float32Array>();
      const offered = new Set<number>();
      let fresh: tf.Tensor | undefined;
      return {
        rehearsal: ({ size, random }) => ["logits", "labels"].map((use) => memory.draw(size, random.child(use))),
        loss({ current, rehearsed: [first, second], noiseKey }) {
          const logits = network.logits(current.x, noiseKey);
          fresh = tf.keep(logits.clone());
          const loss = softmaxCrossEntropy(logits.add(current.mask), current.targets).mean() as tf.Scalar;
          if (!first) return loss;
          const earlier = tf.concat(
            first.exemplars.map((exemplar) => tf.tensor2d(logitsOf.get(exemplar)!, [1, units])),
          );
          const off = network.logits(first.x, noiseKey).sub(earlier).square().mean();
          return loss.add(off.mul(alpha)).add(network.crossEntropy([second], { noiseKey }).mul(beta));
        },
        async afterStep({ current: { exemplars }, random }) {
          const rows = await fresh!.data<"float32">();
          fresh!.dispose();
          const first = [...exemplars.entries()].filter(([, { index }]) => !offered.has(index));
          for (const [place, exemplar] of first) {
            offered.add(exemplar.index);
            logitsOf.set(exemplar, rows.slice(place * units, (place + 1) * units));
          }
          await memory.offer(first.map(([, exemplar]) => exemplar), random.child("reservoir"));
          logitsOf = new Map(memory.exemplars.map((exemplar) => [exemplar, logitsOf.get(exemplar)!]));
        },
        afterExperience: () => Promise.try(() => offered.clear()),
        memory: () => memory.exemplars,
        async save() {
          const data = new Float32Array(memory.exemplars.length * units);
          memory.exemplars.forEach((exemplar, place) => data.set(logitsOf.get(exemplar)!, place * units));
          return {
            ...await memory.save(),
            tensors: new Map([["logits", { shape: [memory.exemplars.length, units], data }]]),
          };
        },
        async restore(state) {
          await memory.restore(state);
          const { data } = state.tensors!.get("logits")!;
          logitsOf = new Map(
            memory.exemplars.map((exemplar, place) => [exemplar, data.slice(place * units, (place + 1) * units)]),
          );
        },
      };
    },
  };
}
