import { tf } from "../runtime/tensorflow.ts";
import type { Snapshot } from "./continual_network.ts";
import { softmaxCrossEntropy } from "../training/softmax_cross_entropy.ts";
import type { ContinualStrategy } from "./continual_strategy.ts";

/** What {@linkcode lwf} may be told. */
export interface LwfOptions {
  /** T; default 2. */
  readonly temperature?: number;
  /**
   * How much the teacher counts. `byExperience` (default): 1/n for the new classes and 1 − 1/n for the teacher at
   * experience n, as van de Ven and Tolias (2018). A number λ: loss + λ·distillation (Li and Hoiem, 2016, eq. 3).
   */
  readonly weight?: "byExperience" | number;
}

/**
 * Learning without forgetting (Li and Hoiem, 2016): the network of the experience before, frozen, is the teacher of what
 * it knew, on the images of today. Distillation is T²·cross-entropy between both softmaxes at temperature T (Hinton et
 * al., 2015); in the scenario `task` one for each earlier head, averaged; otherwise over all units that compete, where the
 * teacher gives new ones 0 (van de Ven's code).
 *
 * Avalanche's `LwF` takes the KL divergence over the units seen before and leaves out T²: the same gradient but for the
 * factor.
 *
 * @throws {RangeError} if an option is out of its range
 */
export function lwf({ temperature = 2, weight = "byExperience" }: LwfOptions = {}): ContinualStrategy {
  if (!(temperature > 0) || !(weight === "byExperience" || weight >= 0)) {
    throw new RangeError(
      "Cannot distil: the temperature must be above 0 and the weight at least 0: " +
        `current values are ${temperature} and ${weight}`,
    );
  }
  return {
    name: "LwF",
    options: { temperature, weight },
    start(network) {
      const { stream } = network;
      let teacher: Snapshot | undefined;
      let learnt = 0;
      const learn = () => {
        teacher?.dispose();
        teacher = network.snapshot();
        learnt++;
      };
      return {
        loss({ current, noiseKey }) {
          const logits = network.logits(current.x, noiseKey);
          const fresh = softmaxCrossEntropy(logits.add(current.mask), current.targets).mean() as tf.Scalar;
          if (!teacher) return fresh;
          const known = teacher.logits(current.x);
          const distilled = tf.addN(
            heads().map(([taught, competing]) =>
              distillation(pick(logits, competing), { teacher: pick(known, taught), temperature })
            ),
          ).div(heads().length);
          return weight === "byExperience"
            ? fresh.mul(1 / (learnt + 1)).add(distilled.mul(1 - 1 / (learnt + 1)))
            : fresh.add(distilled.mul(weight));
        },
        afterExperience: () => Promise.try(learn),
        save: () => Promise.resolve({ data: learnt }),
        // The teacher is the network as it stands between experiences.
        restore: ({ data }) =>
          Promise.try(() => {
            learn();
            learnt = Number(data);
          }),
        dispose: () => teacher?.dispose(),
      };

      /** The units that the teacher speaks of, and those among which the student answers, which begin with them. */
      function heads(): [taught: readonly number[], competing: readonly number[]][] {
        const before = stream.experiences.slice(0, learnt).map(({ units }) => units);
        if (stream.scenario === "task") return before.map((units) => [units, units]);
        const taught = [...new Set(before.flat())];
        const fresh = stream.experiences[learnt].units.filter((unit) => !taught.includes(unit));
        return [[taught, [...taught, ...fresh]]];
      }
    },
  };
}

/** The columns at `units`; the gradient of a product is what tfjs has for every backend. */
function pick(logits: tf.Tensor2D, units: readonly number[]): tf.Tensor2D {
  const chosen = tf.oneHot(tf.tensor1d([...units], "int32"), logits.shape[1]).cast("float32");
  return tf.matMul(logits, chosen as tf.Tensor2D, false, true);
}

/**
 * T²·mean over rows of −Σ_j softmax(teacher/T)_j · log softmax(student/T)_j. Columns that the teacher lacks, after its
 * own, it gives 0.
 */
export function distillation(
  student: tf.Tensor2D,
  { teacher, temperature }: { readonly teacher: tf.Tensor2D; readonly temperature: number },
): tf.Scalar {
  const fresh = student.shape[1] - teacher.shape[1];
  const targets = tf.softmax(teacher.div(temperature)).pad([[0, 0], [0, fresh]]);
  return targets.mul(tf.logSoftmax(student.div(temperature))).sum(1).mean().mul(-(temperature ** 2));
}
