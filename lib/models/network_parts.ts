import type { Random } from "../runtime/random.ts";
import { tf } from "../runtime/tensorflow.ts";

/** What the layers of one network have in common. */
export interface NetworkPartsOptions {
  /** Of the initial weights; zeros where it is left out. */
  readonly random: Random | undefined;
  /** ε of batch norms; default 1e-5, as in PyTorch. */
  readonly epsilon?: number;
  /** Share of the moving statistics that a batch norm keeps at each step; default 0.9 (PyTorch's momentum is 1 − it). */
  readonly momentum?: number;
  /** Where ReLUs end; nowhere by default. */
  readonly maxRelu?: number;
}

/** A convolution of {@linkcode NetworkParts}. */
export interface ConvolutionOptions {
  readonly name: string;
  readonly filters: number;
  /** Side of the kernel in pixels. */
  readonly kernelSize: number;
  /** Default 1. */
  readonly strides?: number;
  /** `"symmetric"` (default): ⌊kernelSize / 2⌋ zeros on all sides, as PyTorch; the others as TensorFlow means them. */
  readonly padding?: "symmetric" | "same" | "valid";
  /** Default false. */
  readonly useBias?: boolean;
}

/** Layers to build networks of; each is applied to a tensor and gives what comes out. */
export interface NetworkParts {
  convolution(x: tf.SymbolicTensor, options: ConvolutionOptions): tf.SymbolicTensor;
  /** One kernel a channel. */
  depthwise(x: tf.SymbolicTensor, options: Omit<ConvolutionOptions, "filters">): tf.SymbolicTensor;
  batchNorm(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor;
  relu(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor;
  dense(x: tf.SymbolicTensor, options: { readonly name: string; readonly units: number }): tf.SymbolicTensor;
}

/**
 * The parts of a network. Convolutions start as He et al. (2015, eq. 14) with the fan of what goes out, dense layers as
 * Glorot and Bengio (2010, eq. 16), biases at 0.
 */
export function networkParts({ random, epsilon = 1e-5, momentum = 0.9, maxRelu }: NetworkPartsOptions): NetworkParts {
  const initialised = (name: string, kind: "convolution" | "dense") => {
    if (!random) return tf.initializers.zeros();
    const seed = random.child(name).uint32();
    return kind === "dense"
      ? tf.initializers.glorotUniform({ seed })
      : tf.initializers.varianceScaling({ scale: 2, mode: "fanOut", distribution: "normal", seed });
  };
  const padded = (x: tf.SymbolicTensor, { name, kernelSize, strides = 1, padding = "symmetric" }: PaddingOptions) => {
    if (padding !== "symmetric") return { x, padding };
    const margin = Math.floor(kernelSize / 2);
    if (margin === 0) return { x, padding: "valid" as const };
    // With a stride, TensorFlow's "same" may pad less on one side than on the other.
    if (strides === 1 && kernelSize % 2 === 1) return { x, padding: "same" as const };
    return { x: zeroPadded(x, `${name}.pad`, margin), padding: "valid" as const };
  };
  return {
    convolution(x, options) {
      const { name, filters, kernelSize, strides = 1, useBias = false } = options;
      const { x: input, padding } = padded(x, options);
      return tf.layers.conv2d({
        name,
        filters,
        kernelSize,
        strides,
        padding,
        useBias,
        kernelInitializer: initialised(name, "convolution"),
      }).apply(input) as tf.SymbolicTensor;
    },
    depthwise(x, options) {
      const { name, kernelSize, strides = 1, useBias = false } = options;
      const { x: input, padding } = padded(x, options);
      return tf.layers.depthwiseConv2d({
        name,
        kernelSize,
        strides,
        padding,
        useBias,
        depthwiseInitializer: initialised(name, "convolution"),
      }).apply(input) as tf.SymbolicTensor;
    },
    batchNorm: (x, name) => tf.layers.batchNormalization({ name, epsilon, momentum }).apply(x) as tf.SymbolicTensor,
    relu: (x, name) => tf.layers.reLU({ name, maxValue: maxRelu }).apply(x) as tf.SymbolicTensor,
    dense: (x, { name, units }) =>
      tf.layers.dense({ name, units, kernelInitializer: initialised(name, "dense") }).apply(x) as tf.SymbolicTensor,
  };
}

type PaddingOptions = Pick<ConvolutionOptions, "name" | "kernelSize" | "strides" | "padding">;

/** `margin` zeros on all four sides. */
export function zeroPadded(x: tf.SymbolicTensor, name: string, margin: number): tf.SymbolicTensor {
  const sides: [number, number] = [margin, margin];
  return tf.layers.zeroPadding2d({ name, padding: [sides, sides] }).apply(x) as tf.SymbolicTensor;
}

/**
 * What a paper's table says of one depth.
 *
 * @throws {RangeError} naming the depths that there are
 */
export function planOf<Depth extends number, Plan>(plans: Readonly<Record<Depth, Plan>>, depth: Depth): Plan {
  if (Object.hasOwn(plans, depth)) return plans[depth];
  throw new RangeError(
    `Cannot build the network: its depth must be one of ${Object.keys(plans).join(", ")}: current value is ${depth}`,
  );
}
