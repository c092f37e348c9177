import type { tf } from "../../runtime/tensorflow.ts";

/** Whose names and layouts weights have in a file. */
export type WeightNaming = "curio" | "torch" | "keras";

/** One weight of a network, and what it is in a file. */
export interface PublishedWeight {
  readonly layer: string;
  /** The name in the file. */
  readonly name: string;
  /** The shape in the network. */
  readonly shape: readonly number[];
  /** For each axis in the network, which one it is in the file. */
  readonly axes: readonly number[];
  readonly variable: tf.LayersModel["weights"][number];
}

const torchNames: Readonly<Record<string, string>> = {
  kernel: "weight",
  depthwise_kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};

/**
 * A network's weights as a file of this naming has them, in the network's order: `curio` is `layer/kind` in our own
 * layouts, `torch` the module's path with `.weight`, `.bias` and so on in PyTorch's layouts, `keras` as `curio` but for the
 * kernels of depthwise convolutions, which are `kernel` there.
 *
 * @param options `namePrefix` stands before every name of `torch`: an architecture's own
 */
export function publishedWeights(
  network: tf.LayersModel,
  { naming, namePrefix = "" }: { readonly naming: WeightNaming; readonly namePrefix?: string },
): PublishedWeight[] {
  return network.layers.flatMap((layer) =>
    layer.weights.map((variable): PublishedWeight => {
      const kind = variable.originalName.slice(layer.name.length + 1);
      const shape = variable.shape.map((side) => side ?? 0);
      const inPlace = shape.map((_, axis) => axis);
      const common = { layer: layer.name, shape, variable };
      if (naming === "torch" && kind in torchNames) {
        return {
          ...common,
          name: `${namePrefix}${layer.name}.${torchNames[kind]}`,
          axes: torchAxes(kind, shape) ?? inPlace,
        };
      }
      const published = naming === "keras" && kind === "depthwise_kernel" ? "kernel" : kind;
      return { ...common, name: `${layer.name}/${published}`, axes: inPlace };
    })
  );
}

/** PyTorch has a kernel as [out, in, h, w] and as [out, in], a depthwise one as [in, 1, h, w]. */
function torchAxes(kind: string, { length }: readonly number[]): readonly number[] | undefined {
  if (kind === "depthwise_kernel") return [2, 3, 0, 1];
  if (kind !== "kernel") return undefined;
  return length === 4 ? [2, 3, 1, 0] : [1, 0];
}

/** The shape that a weight has in the file. */
export function shapeInFile({ shape, axes }: Pick<PublishedWeight, "shape" | "axes">): number[] {
  const inFile = new Array<number>(shape.length);
  axes.forEach((axis, place) => inFile[axis] = shape[place]);
  return inFile;
}
