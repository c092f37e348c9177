import { tf } from "../runtime/tensorflow.ts";
import { hasTensorFlowOps, tensorflowOp } from "./tensorflow_ops.ts";

/** Where the noise of a step comes from: the same key and stream give the same mask. */
export interface NoiseSource {
  /** 32 bits, new for each step. */
  readonly key: number;
  /** The layer's place among the network's noisy layers, so that no two share a mask. */
  readonly stream: number;
}

/** Options of {@linkcode SeededDropout}. */
export interface SeededDropoutOptions {
  /** Share of the units that are dropped, in [0, 1). */
  readonly rate: number;
  readonly name?: string;
}

/**
 * Dropout (Srivastava et al., 2014) whose masks follow from a key that the engine sets before each step. tfjs's own
 * either repeats one mask for ever or draws from an unseeded generator, so that no run could be repeated.
 *
 * The mask drops where TensorFlow's `StatelessRandomUniform(shape, seed = [key, stream])` is below `rate`, and scales
 * what stays by 1 / (1 − rate). On other backends the mask comes from tfjs's seeded generator.
 *
 * @throws {RangeError} if `rate` is not in [0, 1)
 */
export class SeededDropout extends tf.layers.Layer {
  static className = "SeededDropout";
  readonly rate: number;
  /** Without a source the layer lets everything through, in training too. */
  noise: NoiseSource | undefined;

  constructor(options: SeededDropoutOptions) {
    super(options);
    if (!(options.rate >= 0 && options.rate < 1)) {
      throw new RangeError(
        `Cannot make a dropout layer: the rate must be in [0, 1): current value is ${options.rate}`,
      );
    }
    this.rate = options.rate;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.tidy(() => this.noise && this.rate > 0 ? x.mul(dropoutMask(x.shape, this.rate, this.noise)) : x.clone());
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}
tf.serialization.registerClass(SeededDropout);

/** 0 where a unit is dropped, 1 / (1 − rate) where it stays. */
function dropoutMask(shape: number[], rate: number, { key, stream }: NoiseSource): tf.Tensor {
  const uniform = hasTensorFlowOps
    ? tensorflowOp("StatelessRandomUniform", {
      attributes: { dtype: "float32", T: "int32", Tseed: "int32" },
      inputs: [tf.tensor1d(shape, "int32"), tf.tensor1d([key | 0, stream], "int32")],
    })[0]
    : tf.randomUniform(shape, 0, 1, "float32", `${key}/${stream}`);
  return uniform.greaterEqual(rate).cast("float32").mul(1 / (1 - rate));
}

/** The dropout layers of a network and of the networks inside it, in order. */
export function dropoutLayersOf(network: tf.LayersModel): SeededDropout[] {
  return network.layers.flatMap((layer) => {
    if (layer instanceof tf.LayersModel) return dropoutLayersOf(layer);
    return layer instanceof SeededDropout ? [layer] : [];
  });
}
