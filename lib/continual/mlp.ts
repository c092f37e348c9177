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
 * layer. Weights start uniform in ±1/√fan-in, as PyTorch's `nn.Linear`; biases at 0.
 */
export function mlp({ input, classes, hidden = [400, 400], random }: MlpOptions): tf.LayersModel {
  const kernelInitializer = (name: string) =>
    tf.initializers.varianceScaling({
      scale: 1 / 3,
      mode: "fanIn",
      distribution: "uniform",
      seed: random.child(name).uint32(),
    });
  const network = tf.sequential();
  network.add(
    typeof input === "number"
      ? tf.layers.inputLayer({ name: "features", inputShape: [input] })
      : tf.layers.flatten({ name: "flatten", inputShape: [input.height, input.width, input.channels] }),
  );
  for (const [place, units] of hidden.entries()) {
    const name = `hidden${place + 1}`;
    network.add(tf.layers.dense({ name, units, activation: "relu", kernelInitializer: kernelInitializer(name) }));
  }
  network.add(tf.layers.dense({ name: "logits", units: classes, kernelInitializer: kernelInitializer("logits") }));
  return network;
}
