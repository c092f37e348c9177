import { type Matrix, matrix, rowOf } from "../runtime/matrix.ts";
import { tf } from "../runtime/tensorflow.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";
import { byClass } from "./class_quotas.ts";
import { herdingBuffer } from "./herding_buffer.ts";
import type { Snapshot } from "./snapshot.ts";
import { featuresOf, streamMemory } from "./stream_memory.ts";
import { unitRows } from "./unit_rows.ts";

/** What {@linkcode icarl} may be told. */
export interface IcarlOptions {
  /** Exemplars kept in all, K; default 2,000, as in the paper. */
  readonly memory?: number;
}

/**
 * iCaRL (Rebuffi et al., 2017), for class-incremental streams: exemplars by herding are learnt along with the new images, by
 * a sigmoid for each unit (algorithm 3): towards the label for new classes, towards what the network said before for old
 * ones. Answers go by the nearest mean of exemplars, features and means scaled to length 1 (algorithm 1).
 *
 * The loss is summed over units and averaged over the batch, as in the paper; Avalanche's `ICaRLLossPlugin` averages over
 * both, which only scales the learning rate.
 *
 * @throws {RangeError} if the memory is not an integer ≥ 1
 * @throws {TypeError} when it is to learn a stream that is not class-incremental
 */
export function icarl({ memory: capacity = 2000 }: IcarlOptions = {}): ContinualStrategy {
  const buffer = herdingBuffer(capacity);
  return {
    name: "iCaRL",
    options: { memory: capacity },
    start(network) {
      const { stream } = network;
      if (stream.scenario !== "class") {
        throw new TypeError(
          `Cannot learn by iCaRL: the stream must be class-incremental: current value is "${stream.scenario}". ` +
            'Give a stream with scenario: "class".',
        );
      }
      const memory = streamMemory(network, buffer);
      let teacher: Snapshot | undefined;
      let means: Matrix | undefined;
      let old = new Set<number>();
      const learn = async () => {
        teacher?.dispose();
        teacher = network.snapshot();
        const groups = byClass(memory.exemplars);
        const features = unitRows(await featuresOf(network, [...groups.values()].flat()));
        means = exemplarMeans(features, { groups, units: stream.classNames.length });
      };
      return {
        lesson({ own, number }) {
          old = new Set(stream.experiences.slice(0, number).flatMap(({ units }) => units));
          return { examples: [...own, ...memory.exemplars] };
        },
        loss({ current: { x, targets, mask }, noiseKey }) {
          const logits = network.logits(x, noiseKey);
          const known = tf.tensor1d(stream.classNames.map((_, unit) => old.has(unit) ? 1 : 0));
          const wanted = teacher
            ? tf.sigmoid(teacher.logits(x)).mul(known).add(targets.mul(tf.sub(1, known)))
            : targets;
          // log(1 + e^z) − t·z, without an overflow.
          const each = tf.relu(logits).sub(logits.mul(wanted)).add(tf.softplus(tf.abs(logits).neg()));
          return each.mul(mask.equal(0).cast("float32")).sum(1).mean();
        },
        async afterExperience({ own, random }) {
          await memory.offer(own, random);
          await learn();
        },
        scores: (features) => nearness(unitRows(features), means!),
        memory: () => memory.exemplars,
        save: memory.save,
        async restore(state) {
          await memory.restore(state);
          await learn();
        },
        dispose: () => teacher?.dispose(),
      };
    },
  };
}

/** `[units, features]`, each of length 1; rows of NaN for units without exemplars. */
function exemplarMeans(
  features: Matrix,
  { groups, units }: { readonly groups: ReadonlyMap<number, readonly unknown[]>; readonly units: number },
): Matrix {
  const means = Array.from({ length: units }, () => new Float32Array(features.columns).fill(NaN));
  let row = 0;
  for (const [label, { length }] of groups) {
    means[label].fill(0);
    for (let place = 0; place < length; place++, row++) {
      rowOf(features, row).forEach((value, at) => means[label][at] += value / length);
    }
  }
  return unitRows(matrix(means));
}

/** −‖φ − μ‖² of each row and unit; far below for units without a mean. */
function nearness(features: Matrix, means: Matrix): Matrix {
  const data = new Float32Array(features.rows * means.rows);
  for (let row = 0; row < features.rows; row++) {
    const values = rowOf(features, row);
    for (let unit = 0; unit < means.rows; unit++) {
      const mean = rowOf(means, unit);
      const distance = values.reduce((sum, value, at) => sum + (value - mean[at]) ** 2, 0);
      data[row * means.rows + unit] = Number.isNaN(distance) ? -1e9 : -distance;
    }
  }
  return { rows: features.rows, columns: means.rows, data };
}
