import type { ImageShape } from "../data/dataset.ts";
import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";

/** What {@linkcode mlp} builds. */
export interface MlpOptions {
  /** The images' shape, or how many features an embedding has. */
  readonly input: ImageShape | number;
  readonly classes: number;
  /** Units of each hidden layer; default two of 400, as van de Ven and Tolias (2019) have. */
  readonly hidden?: readonly number[];
  /** Draws the initial weights. */
  readonly random: Random;
}

/**
 * A multi-layer perceptron: dense layers with ReLU, then logits `[batch, classes]`. The last hidden layer is the feature
 * layer. Weights and biases start uniform in ±1/√fan-in, as PyTorch's `nn.Linear`.
 */
export function mlp({ input, classes, hidden = [400, 400], random }: MlpOptions): tf.LayersModel {
  const dense = (name: string, { inputs, ...options }: DenseOptions) => {
    const limit = 1 / Math.sqrt(inputs);
    const uniform = (what: string) =>
      tf.initializers.randomUniform({ minval: -limit, maxval: limit, seed: random.child(name).child(what).uint32() });
    return tf.layers.dense({
      name,
      ...options,
      kernelInitializer: uniform("kernel"),
      biasInitializer: uniform("bias"),
    });
  };
  const network = tf.sequential();
  network.add(
    typeof input === "number"
      ? tf.layers.inputLayer({ name: "features", inputShape: [input] })
      : tf.layers.flatten({ name: "flatten", inputShape: [input.height, input.width, input.channels] }),
  );
  let inputs = typeof input === "number" ? input : input.height * input.width * input.channels;
  for (const [place, units] of hidden.entries()) {
    network.add(dense(`hidden${place + 1}`, { inputs, units, activation: "relu" }));
    inputs = units;
  }
  network.add(dense("logits", { inputs, units: classes }));
  return network;
}

interface DenseOptions {
  readonly inputs: number;
  readonly units: number;
  readonly activation?: "relu";
}
