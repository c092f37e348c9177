import { tf } from "../../runtime/tensorflow.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { encodeSafetensors } from "../../training/safetensors.ts";
import { type PublishedWeight, publishedWeights, shapeInFile, type WeightNaming } from "./published_weights.ts";

/** How {@linkcode saveWeights} writes. */
export interface SaveWeightsOptions {
  /**
   * Whose names and layouts the file gets: our own (`layer/kernel`), PyTorch's (`layer.weight`), which
   * `load_state_dict(safetensors.torch.load_file(path))` takes as they are, or Keras'. Default: `"curio"`.
   */
  readonly naming?: WeightNaming;
  /** What stands before every name of `torch` naming: `Architecture.namePrefix`. Default: nothing. */
  readonly namePrefix?: string;
  /** Text by name to keep in the header: what the weights are, and of what they were trained. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a network's weights as float32 safetensors, for anyone: batch-norm statistics included, the file whole or not
 * there at all.
 *
 * @throws {RangeError} if two weights would have one name
 */
export async function saveWeights(
  network: tf.LayersModel,
  path: string,
  { naming = "curio", namePrefix, metadata = {} }: SaveWeightsOptions = {},
): Promise<void> {
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const weight of publishedWeights(network, { naming, namePrefix })) {
    if (tensors.has(weight.name)) {
      throw new RangeError(
        `Cannot save the weights: every one must have a name of its own: "${weight.name}" comes twice`,
      );
    }
    tensors.set(weight.name, { shape: shapeInFile(weight), data: await numbersInFile(weight) });
  }
  await writeFileAtomic(path, encodeSafetensors({ tensors, metadata }));
}

async function numbersInFile({ variable, axes }: PublishedWeight): Promise<Float32Array> {
  const value = tf.transpose(variable.read(), axes.map((_, axis) => axes.indexOf(axis)));
  try {
    return await value.data<"float32">();
  } finally {
    value.dispose();
  }
}
