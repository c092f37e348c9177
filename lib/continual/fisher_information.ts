import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";
import { type Batch, type ContinualNetwork, disposeBatch } from "./continual_network.ts";
import type { Exemplar } from "./exemplar.ts";

/**
 * Whose gradients are squared.
 *
 * - `predicted`: of log p(ŷ|x) for each example and the class ŷ the network thinks likeliest, as van de Ven's code
 * - `sampled`: for a class drawn from p(y|x), an unbiased estimate of the Fisher information (Kunstner et al., 2019)
 * - `true`: for the example's own class, the “empirical Fisher”
 * - `batchGradient`: not the Fisher information, but what Avalanche computes in its place: the square of the gradient of a
 *   batch's *mean* loss. With batches of B it is about B times smaller, more where gradients cancel, so its λ is another.
 */
export type FisherEstimate = "predicted" | "sampled" | "true" | "batchGradient";

/** How {@linkcode fisherInformation} estimates. */
export interface FisherOptions {
  readonly estimate: FisherEstimate;
  /** Examples, drawn at random, or all where there are fewer. */
  readonly samples: number;
  /** Of `batchGradient`. */
  readonly batchSize: number;
  /** The experience after which classes compete. */
  readonly seen: number;
  readonly random: Random;
}

/**
 * The diagonal of the Fisher information of each trained weight, F_i = mean over examples of (∂ log p(y|x) / ∂θ_i)²
 * (Kirkpatrick et al., 2017), in evaluation mode. The caller disposes of it.
 */
export async function fisherInformation(
  network: ContinualNetwork,
  exemplars: readonly Exemplar[],
  { estimate, samples, batchSize, seen, random }: FisherOptions,
): Promise<tf.Tensor[]> {
  const chosen = Array.from(
    random.child("samples").sample(exemplars.length, Math.min(samples, exemplars.length)),
    (place) => exemplars[place],
  );
  const draws = random.child("classes");
  let sums: tf.Tensor[] = network.weights.map((weight) => tf.zeros(weight.shape));
  let count = 0;
  for (let first = 0; first < chosen.length; first += batchSize) {
    const batch = await network.read(chosen.slice(first, first + batchSize), seen);
    const pieces = estimate === "batchGradient" ? [batch] : rowsOf(batch);
    for (const piece of pieces) {
      const before = sums;
      sums = tf.tidy(() => {
        const targets = estimate === "true" || estimate === "batchGradient"
          ? piece.targets
          : believed(network, piece, estimate === "sampled" ? draws.next() : undefined);
        const { gradients } = network.gradients(() => network.crossEntropy([{ ...piece, targets }]));
        return gradients.map((gradient, place) => before[place].add(gradient.square()));
      });
      tf.dispose(before);
      count++;
      if (piece !== batch) disposeBatch(piece);
    }
    disposeBatch(batch);
  }
  const fisher = tf.tidy(() => sums.map((sum) => sum.div(Math.max(1, count))));
  tf.dispose(sums);
  return fisher;
}

function rowsOf({ exemplars, x, targets, mask }: Batch): Batch[] {
  return exemplars.map((exemplar, row) => ({
    exemplars: [exemplar],
    x: tf.slice(x, [row], [1]),
    targets: tf.slice(targets, [row], [1]),
    mask: tf.slice(mask, [row], [1]),
  }));
}

/** One-hot: the likeliest class of one example, or that at which its cumulated probabilities pass `draw`. */
function believed(network: ContinualNetwork, { x, mask }: Batch, draw: number | undefined): tf.Tensor2D {
  const probabilities = tf.softmax(network.logits(x).add(mask)) as tf.Tensor2D;
  const classes = probabilities.shape[1];
  if (draw === undefined) return tf.oneHot(probabilities.argMax(1).toInt(), classes).cast("float32") as tf.Tensor2D;
  let [sum, label] = [0, classes - 1];
  const values = probabilities.dataSync();
  for (let unit = 0; unit < classes; unit++) {
    sum += values[unit];
    if (draw < sum) {
      label = unit;
      break;
    }
  }
  return tf.oneHot(tf.tensor1d([label], "int32"), classes).cast("float32") as tf.Tensor2D;
}
